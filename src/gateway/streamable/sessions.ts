/** Legacy sessions on HTTP. Their ids are sealed tokens; state is held only of those that are in use. */

import type { Caller } from "../../base/call.ts";
import type { Cancel, Clock } from "../../base/clock.ts";
import { ToolyardError } from "../../base/errors.ts";
import type { Principal } from "../auth/caller.ts";
import type { Handshake } from "../endpoint/conversation.ts";
import type { Outlet } from "../endpoint/outlet.ts";
import type { Peer } from "../endpoint/peer.ts";
import type { Face } from "../face.ts";
import type { EventStream } from "./event-stream.ts";
import { Journal, type StreamRecord } from "./journal.ts";
import { TOKEN_LIFE_MS, TokenSeal, type Grant } from "./token.ts";

/** States at once. Beyond, one that has nothing under way is forgotten; its token stays good. */
const MOST = 1_000;
/** Streams of one session; the oldest makes room. */
const MOST_STREAMS = 8;
/** The revision by which a stream begins with an event without data (spec 2025-11-25: Streamable HTTP). */
const PRIMED_SINCE = "2025-11-25";
/** Ended sessions that are remembered until their token has expired. */
const MOST_ENDED = 10_000;

export interface SessionsOptions {
  readonly key: Buffer;
  readonly clock: Clock;
  /** State that was not used for so long, in ms, is forgotten. */
  readonly idleMs: number;
  /** @default 1000 */
  readonly most?: number;
}

/** Where a session is used: it is good at one endpoint, for the key with which it began. */
export interface Spot {
  readonly path: string;
  readonly face: Face;
  readonly principal: Principal;
}

/** The state of one session. */
export class Session implements Outlet {
  readonly face: Face;
  readonly peer: Peer;
  readonly caller: Caller;
  readonly holder: string;
  /** What its client can have again. */
  readonly journal: Journal = new Journal();
  lastUse: number;
  #streams: readonly EventStream[] = [];

  constructor(face: Face, { identity, holder, nonce, version, capabilities, defers = false }: Grant, now: number) {
    this.face = face;
    this.holder = holder;
    this.peer = face.admit(this);
    this.caller = { identity, instanceKey: nonce, era: "legacy", protocolVersion: version, capabilities, defers };
    face.introduce(this.peer, this.caller);
    this.lastUse = now;
  }

  /** True while forgetting it would cost the client something. */
  get busy(): boolean {
    return this.peer.running > 0 || this.#streams.length > 0;
  }

  /** Sends what belongs to no call, on one stream: the newest, as the client may have lost the others. */
  send(message: Buffer, droppable: boolean): boolean {
    return this.#streams.at(-1)?.send(message, droppable) ?? false;
  }

  addStream(stream: EventStream): void {
    this.#streams = [...this.#streams, stream];
    if (this.#streams.length > MOST_STREAMS) this.#streams[0]?.end();
    this.peer.catchUp();
  }

  /** What a new stream begins with. Older clients take an event without data for a broken one. */
  firstEvents(record: StreamRecord): Buffer[] {
    return this.caller.protocolVersion >= PRIMED_SINCE ? [record.prime()] : [];
  }

  removeStream(stream: EventStream): void {
    this.#streams = this.#streams.filter((each) => each !== stream);
  }

  endStreams(): void {
    for (const stream of this.#streams) stream.end();
  }
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #seal: TokenSeal;
  /** By token. */
  readonly #live = new Map<string, { readonly session: Session; stop: Cancel }>();
  /** Nonces of ended sessions, and when their token expires. */
  readonly #ended = new Map<string, number>();

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#seal = new TokenSeal(options.key);
  }

  /** The id of a new session; nothing is held for it yet. */
  issue({ path, principal }: Spot, offer: Handshake): string {
    const { identity, holder } = principal;
    return this.#seal.seal({ ...offer, identity, holder, path, issuedAt: this.#options.clock.now() });
  }

  /**
   * The session of a token, its state made where there is none.
   *
   * @throws SESSION_MISSING without a token, SESSION_UNKNOWN for one that is not good here, SERVER_BUSY when too many are in use
   */
  use(token: string | undefined, spot: Spot): Session {
    const live = this.#find(token, spot);
    if (live !== undefined) return live;
    const grant = this.#grant(token, spot);
    this.#makeRoom();
    const session = new Session(spot.face, grant, this.#options.clock.now());
    this.#live.set(token ?? "", { session, stop: this.#watch(token ?? "", session) });
    return session;
  }

  /** The session of a token if its state is held. @throws as {@link Sessions.use}, for the token */
  find(token: string | undefined, spot: Spot): Session | undefined {
    const live = this.#find(token, spot);
    if (live === undefined) this.#grant(token, spot);
    return live;
  }

  /** Ends a session for good. @throws as {@link Sessions.use}, for the token */
  end(token: string | undefined, spot: Spot): void {
    const { nonce, issuedAt } = this.#grant(token, spot);
    this.#ended.set(nonce, issuedAt + TOKEN_LIFE_MS);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MOST_ENDED && oldest !== undefined) this.#ended.delete(oldest);
    this.#forget(token ?? "");
  }

  /** Forgets the sessions of an endpoint that is no more. */
  leave(face: Face): void {
    for (const [token, { session }] of this.#live) if (session.face === face) this.#forget(token);
  }

  /** Forgets the sessions of those whose key is good no longer, and cancels what they have under way. */
  expel(isGood: (holder: string) => boolean): void {
    for (const [token, { session }] of this.#live) if (!isGood(session.holder)) this.#forget(token);
  }

  /** Ends the streams that belong to no call. */
  quiet(): void {
    for (const { session } of this.#live.values()) session.endStreams();
  }

  close(): void {
    for (const token of this.#live.keys()) this.#forget(token);
  }

  #find(token: string | undefined, { face, principal }: Spot): Session | undefined {
    const session = this.#live.get(token ?? "")?.session;
    if (session?.face !== face || session.holder !== principal.holder) return undefined;
    session.lastUse = this.#options.clock.now();
    return session;
  }

  #grant(token: string | undefined, { path, principal }: Spot): Grant {
    if (token === undefined) throw new ToolyardError("SESSION_MISSING", "The request names no session.");
    const now = this.#options.clock.now();
    const grant = this.#seal.open(token, now);
    const isOurs = grant?.path === path && grant.holder === principal.holder && grant.identity === principal.identity;
    if (grant === undefined || !isOurs || this.#ended.has(grant.nonce)) {
      throw new ToolyardError("SESSION_UNKNOWN", "There is no such session here.");
    }
    return grant;
  }

  #makeRoom(): void {
    const { most = MOST } = this.#options;
    if (this.#live.size < most) return;
    const quiet = [...this.#live].filter(([, { session }]) => !session.busy);
    const [oldest] = quiet.toSorted(([, a], [, b]) => a.session.lastUse - b.session.lastUse);
    if (oldest === undefined) throw new ToolyardError("SERVER_BUSY", `${most} clients are at work already.`);
    this.#forget(oldest[0]);
  }

  /** Forgets the state once it was idle for long enough. */
  #watch(token: string, session: Session): Cancel {
    const { clock, idleMs } = this.#options;
    return clock.after(Math.max(1, session.lastUse + idleMs - clock.now()), () => {
      if (session.busy) session.lastUse = clock.now();
      if (session.lastUse + idleMs <= clock.now()) return this.#forget(token);
      const live = this.#live.get(token);
      if (live !== undefined) live.stop = this.#watch(token, session);
    });
  }

  #forget(token: string): void {
    const live = this.#live.get(token);
    if (live === undefined) return;
    this.#live.delete(token);
    live.stop();
    live.session.endStreams();
    live.session.face.dismiss(live.session.peer);
  }
}
