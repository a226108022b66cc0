/** One client on a pair of byte streams, stdio or a local socket: a message a line, both eras, nothing else (spec 2025-11-25 and 2026-07-28: Transports, stdio). */

import { randomUUID } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { isDeepStrictEqual } from "node:util";
import type { Caller } from "../base/call.ts";
import { ToolyardError } from "../base/errors.ts";
import type { Limits } from "../config/config.ts";
import { classifyMessage, type ModernClaim } from "../era/classify.ts";
import { peekId, readEnvelope, writeError, writeResult, type Envelope } from "../wire/envelope.ts";
import { LineWriter } from "../wire/line-writer.ts";
import { LineReader } from "../wire/lines.ts";
import { LOCAL_IDENTITY } from "./auth/key.ts";
import { answerBatch, converse, handshake, isBatch, modernCaller, notified } from "./endpoint/conversation.ts";
import { rpcErrorOf } from "./endpoint/faults.ts";
import { initializeResult } from "./endpoint/offer.ts";
import type { Outlet } from "./endpoint/outlet.ts";
import type { Peer } from "./endpoint/peer.ts";
import type { Face } from "./face.ts";

export interface PipeOptions {
  readonly limits: Pick<Limits, "messageBytes" | "sendBufferBytes">;
}

export interface Pipe {
  /** Resolves when the client has gone, or {@link Pipe.close} was called. Never rejects. */
  readonly done: Promise<void>;
  /** Cancels what the client has under way and takes no more of it. The streams are the caller's to end. */
  close(): void;
}

/** Serves one client until its input ends. Output carries protocol messages and nothing else. */
export function servePipe(face: Face, input: Readable, output: Writable, options: PipeOptions): Pipe {
  const client = new PipeClient(face, output, options);
  const reader = new LineReader({
    limit: options.limits.messageBytes,
    line: (line) => void client.take(line),
    oversize: (head, size) => client.refuse(head, tooLarge(size)),
  });
  const read = (chunk: Buffer): void => reader.push(chunk);
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const close = (): void => {
    input.off("data", read);
    client.close();
    resolve();
  };
  input.on("data", read);
  input.once("end", close);
  input.once("close", close);
  input.once("error", close);
  output.once("error", close);
  output.once("close", close);
  return { done, close };
}

class PipeClient implements Outlet {
  readonly #face: Face;
  readonly #output: Writable;
  readonly #lines: LineWriter;
  readonly #options: PipeOptions;
  readonly #peer: Peer;
  readonly #key = randomUUID();
  #modern: Caller | undefined;

  constructor(face: Face, output: Writable, options: PipeOptions) {
    this.#face = face;
    this.#output = output;
    this.#lines = new LineWriter(output);
    this.#options = options;
    this.#peer = face.admit(this);
  }

  send(message: Buffer, droppable: boolean): boolean {
    const output = this.#output;
    if (output.destroyed || output.writableEnded) return false;
    if (this.#lines.length + message.length <= this.#options.limits.sendBufferBytes) return this.#lines.write(message);
    if (!droppable) output.destroy();
    return false;
  }

  /** Takes one line. Never rejects. */
  async take(line: Buffer): Promise<void> {
    try {
      const answer = isBatch(line) ? await this.#batch(line) : await this.#message(readEnvelope(line));
      if (answer !== undefined) this.#lines.write(answer); // however slowly the client reads
    } catch (error) {
      this.refuse(line, error);
    }
  }

  /** Answers a message that is no good. @param head its beginning */
  refuse(head: Buffer, error: unknown): void {
    this.#lines.write(writeError(peekId(head) ?? null, rpcErrorOf(error)));
  }

  close(): void {
    this.#lines.flush();
    this.#face.dismiss(this.#peer);
  }

  async #message(envelope: Envelope): Promise<Buffer | undefined> {
    const claim = classifyMessage(envelope);
    if (claim.kind === "reject") throw claim.error;
    if (claim.kind === "modern") {
      const client = { peer: this.#peer, caller: this.#modernCaller(claim) };
      return await converse(this.#face.endpoint, client, envelope, { outlet: this, claim });
    }
    return envelope.method === "initialize" ? this.#initialize(envelope) : await this.#legacy(envelope);
  }

  /** The same one as long as it says the same of itself: who stands at the end of a pipe is one client, whatever it asks at once. */
  #modernCaller(claim: ModernClaim): Caller {
    const made = modernCaller(claim, LOCAL_IDENTITY);
    if (!isDeepStrictEqual(made, this.#modern)) this.#modern = made;
    return this.#modern ?? made;
  }

  #initialize({ id, params }: Envelope): Buffer | undefined {
    if (id === undefined) return undefined;
    const { version, ...said } = handshake(params);
    const caller: Caller = { identity: LOCAL_IDENTITY, instanceKey: this.#key, era: "legacy", protocolVersion: version, ...said };
    this.#face.introduce(this.#peer, caller);
    return writeResult(id, initializeResult(this.#face.view, version));
  }

  async #legacy(envelope: Envelope): Promise<Buffer | undefined> {
    const { caller } = this.#peer;
    if (caller !== undefined) return await converse(this.#face.endpoint, { peer: this.#peer, caller }, envelope, { outlet: this });
    if (envelope.kind === "request")
      throw new ToolyardError("SESSION_MISSING", "There was no `initialize` yet.", { mend: "Send it first." });
    notified(this.#peer, envelope.method ?? "", envelope.params);
    return undefined;
  }

  async #batch(line: Buffer): Promise<Buffer | undefined> {
    return await answerBatch(line, this.#peer.caller?.protocolVersion, (envelope) => this.#legacy(envelope));
  }
}

function tooLarge(size: number): ToolyardError {
  return new ToolyardError("MESSAGE_TOO_LARGE", `The message has ${size} bytes, which is over the limit.`);
}
