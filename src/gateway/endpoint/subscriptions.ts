/** Who is told of changes of which resource. Servers are subscribed to once, however many clients want it, and anew when they come back. */

import { Body } from "../../base/body.ts";
import type { Answer } from "../../base/call.ts";
import { ToolyardError } from "../../base/errors.ts";
import { writeRequest } from "../../wire/envelope.ts";
import type { ServerStatus } from "../../status.ts";
import type { Toolyard } from "../../toolyard.ts";
import type { View } from "../../view.ts";
import type { Peer } from "./peer.ts";

/** Of one client. */
const MOST = 1_000;

type Method = "resources/subscribe" | "resources/unsubscribe";

/** One URI, as asked for by its first subscriber. */
interface Subject {
  readonly view: View;
  readonly peers: Set<Peer>;
}

export class Subscriptions {
  readonly #subjects = new Map<string, Subject>();
  readonly #stops: (() => void)[];

  constructor(yard: Toolyard) {
    this.#stops = [yard.on("updated", ({ uri }) => this.#tell(uri)), yard.on("server", (status) => this.#renew(status))];
  }

  /**
   * The answer to the client: the server's own, where it had to be asked.
   *
   * @throws SERVER_BUSY when the client has too many
   */
  async subscribe(uri: string, peer: Peer, view: View): Promise<Answer> {
    if (peer.subscriptions.size >= MOST) throw new ToolyardError("SERVER_BUSY", `The client is told of ${MOST} resources already.`);
    const present = this.#subjects.get(uri);
    const subject = present ?? { view, peers: new Set() };
    this.#subjects.set(uri, subject);
    subject.peers.add(peer);
    peer.subscriptions.add(uri);
    if (present !== undefined) return { result: Body.empty };
    const answer = await ask("resources/subscribe", uri, subject, peer);
    if (answer.error !== undefined) for (const each of subject.peers) this.#forget(uri, each);
    return answer;
  }

  async unsubscribe(uri: string, peer: Peer): Promise<Answer> {
    const subject = this.#forget(uri, peer);
    if (subject === undefined || subject.peers.size > 0) return { result: Body.empty };
    return await ask("resources/unsubscribe", uri, subject, peer);
  }

  /** The client is gone. */
  drop(peer: Peer): void {
    for (const uri of peer.subscriptions) void this.unsubscribe(uri, peer);
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#subjects.clear();
  }

  #forget(uri: string, peer: Peer): Subject | undefined {
    const subject = this.#subjects.get(uri);
    peer.subscriptions.delete(uri);
    if (subject?.peers.delete(peer) !== true) return undefined;
    if (subject.peers.size === 0) this.#subjects.delete(uri);
    return subject;
  }

  /** A server may announce a part of what was subscribed to. */
  #tell(uri: string): void {
    const message = writeRequest(undefined, "notifications/resources/updated", Body.of({ uri }));
    const told = new Set([...this.#subjects].filter(([wanted]) => covers(wanted, uri)).flatMap(([, { peers }]) => [...peers]));
    for (const peer of told) peer.tell(message);
  }

  /** A server that is back has forgotten what was wanted of it. */
  #renew({ name, state }: ServerStatus): void {
    if (state !== "ready") return;
    for (const [uri, subject] of this.#subjects) {
      const [peer] = subject.peers;
      if (peer !== undefined && subject.view.snapshot().resource(uri)?.server === name) void ask("resources/subscribe", uri, subject, peer);
    }
  }
}

/** Is it the same resource, or a part of it? */
function covers(wanted: string, uri: string): boolean {
  return uri === wanted || uri.startsWith(wanted.endsWith("/") ? wanted : `${wanted}/`);
}

async function ask(method: Method, uri: string, { view }: Subject, { caller }: Peer): Promise<Answer> {
  if (caller === undefined) return { result: Body.empty };
  return await view.request({ method, params: Body.of({ uri }), caller });
}
