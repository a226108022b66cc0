import { Body } from "../../base/body.ts";
import type { Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import { Child, type ChildExit, type ChildSpec, type StopLadder } from "../../wire/child.ts";
import { peekId, readEnvelope, writeError, writeRequest, writeResult } from "../../wire/envelope.ts";
import { LineReader } from "../../wire/lines.ts";
import type { Link, LinkEvents, LinkRequest } from "./link.ts";
import { excerptOf, type Redact } from "./redact.ts";

const EXCERPT = 200;
const REASON_STDERR = 8 * 1024;

export interface StdioOptions {
  readonly spec: ChildSpec;
  /** Largest message in bytes; a larger one fails its own call only. */
  readonly messageBytes: number;
  readonly clock: Clock;
  /** Takes each chunk of stderr, for a log. */
  stderr?(chunk: Buffer): void;
  /** Asked when the process is to end: how long it gets for each step. */
  patience(): StopLadder;
  /** Told of the process's id once no process of its group is left. */
  gone(pid: number): void;
  readonly redact: Redact;
}

/** A server that is a child process of ours, one JSON-RPC message a line (spec: transports, stdio). */
export class StdioLink implements Link {
  readonly kind = "stdio";
  readonly #child: Child;
  readonly #events: LinkEvents;
  readonly #options: StdioOptions;
  readonly #open = new Set<number>();
  #closed = false;

  private constructor(child: Child, events: LinkEvents, options: StdioOptions) {
    this.#child = child;
    this.#events = events;
    this.#options = options;
  }

  /** @throws SPAWN_ENOENT, SPAWN_EACCES, CWD_MISSING */
  static async open(options: StdioOptions, events: LinkEvents): Promise<StdioLink> {
    const early: ((link: StdioLink) => void)[] = [];
    const made: { link?: StdioLink } = {};
    const later = (action: (link: StdioLink) => void): void => {
      if (made.link === undefined) early.push(action);
      else action(made.link);
    };
    const lines = new LineReader({
      limit: options.messageBytes,
      line: (bytes) => later((self) => self.#line(bytes)),
      oversize: (head, size) => later((self) => self.#oversize(head, size)),
      endless: (size) => later((self) => self.#end(`The server wrote ${size} bytes to stdout without a newline.`)),
    });
    const child = await Child.start(
      options.spec,
      {
        stdout: (chunk) => lines.push(chunk),
        stderr: (chunk) => options.stderr?.(chunk),
        cut: (pipe) => later((self) => self.#end(`The server closed its ${pipe} and runs on.`)),
        exit: (exit) => later((self) => self.#exit(exit)),
      },
      options.clock,
    );
    const link = new StdioLink(child, events, options);
    made.link = link;
    for (const action of early) action(link);
    return link;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves at the first output of the process, or at its end. */
  get firstOutput(): Promise<void> {
    return this.#child.firstOutput;
  }

  speak(): void {}

  request({ id, method, params }: LinkRequest): void {
    this.#open.add(id);
    if (this.#write(writeRequest(id, method, params))) return;
    this.#open.delete(id);
    this.#events.lost(id, { code: "SERVER_EXITED", message: "The server's process is no longer there.", started: false });
  }

  notify(method: string, params: Body): void {
    this.#write(writeRequest(undefined, method, params));
  }

  reply(id: string | number, answer: Parameters<Link["reply"]>[1]): void {
    this.#write("result" in answer ? writeResult(id, answer.result) : writeError(id, answer.error));
  }

  cancel(id: number, reason: string): void {
    if (!this.#open.delete(id)) return;
    this.notify("notifications/cancelled", Body.of({ requestId: id, reason }));
  }

  async close(): Promise<void> {
    await this.#child.stop(this.#options.patience());
    this.#options.gone(this.pid);
  }

  #write(message: Buffer): boolean {
    return !this.#closed && this.#child.writeLine(message);
  }

  #line(bytes: Buffer): void {
    try {
      const envelope = readEnvelope(bytes);
      if (envelope.kind === "answer" && typeof envelope.id === "number") this.#open.delete(envelope.id);
      this.#events.message(envelope, undefined);
    } catch (error) {
      this.#reject(bytes, messageOf(error));
    }
  }

  /** A line that is no message; an answer that breaks the rules fails the call that it was meant for, and no other. */
  #reject(bytes: Buffer, why: string): void {
    const id = peekId(bytes);
    const excerpt = excerptOf(bytes, EXCERPT, this.#options.redact);
    if (typeof id === "number" && this.#open.delete(id)) {
      this.#events.lost(id, { code: "SERVER_PROTOCOL", message: `${why} It sent: ${excerpt}`, started: true });
    } else this.#events.noise(excerpt);
  }

  #oversize(head: Buffer, size: number): void {
    const id = peekId(head);
    const message = `The server sent a message of ${size} bytes; the limit is ${this.#options.messageBytes}.`;
    if (typeof id === "number" && this.#open.delete(id)) {
      this.#events.lost(id, { code: "MESSAGE_TOO_LARGE", message, started: true });
    } else this.#events.noise(message);
  }

  #exit(exit: ChildExit): void {
    const { redact } = this.#options;
    const words = this.#child.stderr.text(REASON_STDERR);
    this.#end(exitMessage(exit, redact(words, Buffer.byteLength(words) < REASON_STDERR ? undefined : "start")));
  }

  #end(message: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.closed({ code: "SERVER_EXITED", message, started: true });
  }
}

function exitMessage({ code, signal }: ChildExit, stderr: string): string {
  const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
  const words = stderr.trim();
  return words === "" ? `The server's process ${how}, with nothing on stderr.` : `The server's process ${how}. Last on stderr: ${words}`;
}
