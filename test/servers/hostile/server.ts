/** What the server knows: its switches, who is connected, which calls run. */

import type { JsonObject } from "../../../src/base/json.ts";
import type { WriteEvent } from "./log.ts";
import type { Message, RpcId } from "./protocol/message.ts";
import type { Switchboard } from "./switchboard.ts";

/** How messages leave a connection. */
export interface Carrier {
  readonly kind: "stdio" | "http" | "sse";
  /**
   * @param message a message, or the very bytes to put in its place
   * @param about id of the request whose own stream it belongs on; without it the connection's common stream
   * @param last true for what ends that request's stream
   * @returns resolves once it has left the process, as far as that can be known
   */
  send(message: Message | Buffer, about: RpcId | undefined, last: boolean): Promise<void>;
}

/** What one listener wants to hear, and how its stream is ended in good order. */
export interface Listen {
  readonly filter: JsonObject;
  readonly end: () => void;
}

let nextQuestion = 0;

/** One pipe, one HTTP session, one SSE stream, or one modern HTTP request. */
export class Connection {
  readonly carrier: Carrier;
  readonly running = new Map<RpcId, AbortController>();
  readonly usedIds = new Set<RpcId>();
  /** Questions to the client that wait for an answer. */
  readonly asked = new Map<RpcId, (answer: Message) => void>();
  readonly subscribed = new Set<string>();
  /** Methods of the notifications that came. */
  readonly heard = new Set<string>();
  /** Ids of the links that the client was sent to and that are not done. */
  readonly links = new Set<string>();
  /** Modern `subscriptions/listen`, by request id. */
  readonly listens = new Map<RpcId, Listen>();
  /** Headers of the HTTP request that is being handled. */
  headers: Readonly<Record<string, string | string[] | undefined>> = {};
  capabilities: JsonObject = {};
  version = "";
  initialized = false;
  logLevel: string | undefined;
  /** Breaks every stream of this connection; undefined where the carrier has none. */
  drop?: () => void;

  constructor(carrier: Carrier) {
    this.carrier = carrier;
  }

  notify(method: string, params: JsonObject, about?: RpcId): void {
    void this.carrier.send({ jsonrpc: "2.0", method, params }, about, false);
  }

  /** Asks the client; ids count from 0, so that they collide with the client's own. */
  ask(method: string, params: JsonObject, about?: RpcId): Promise<Message> {
    const id = nextQuestion++;
    return new Promise((resolve) => {
      this.asked.set(id, resolve);
      void this.carrier.send({ jsonrpc: "2.0", id, method, params }, about, false);
    });
  }

  /** Nobody is there any more: every call that runs is told. */
  abandon(): void {
    for (const controller of this.running.values()) controller.abort("closed");
  }
}

export class HostileServer {
  readonly switches: Switchboard;
  readonly log: WriteEvent;
  readonly connections = new Set<Connection>();
  /** HTTP sessions by id. */
  readonly sessions = new Map<string, Connection>();
  /** Stands for all HTTP clients without a session: what the last `initialize` said. */
  readonly stateless: Connection = new Connection({ kind: "http", send: () => Promise.resolve() });
  linksAreDone = false;
  /** Every `requestState` that was given out. */
  readonly issuedStates = new Set<string>();
  readonly counts = { calls: 0, inFlight: 0, maxInFlight: 0 };

  constructor(switches: Switchboard, log: WriteEvent) {
    this.switches = switches;
    this.log = log;
  }

  connect(carrier: Carrier): Connection {
    const connection = new Connection(carrier);
    this.connections.add(connection);
    return connection;
  }

  disconnect(connection: Connection): void {
    this.connections.delete(connection);
    connection.abandon();
  }

  /** What the control tool and `GET /control` show. */
  state(): JsonObject {
    return { pid: process.pid, connections: this.connections.size, sessions: [...this.sessions.keys()], ...this.counts };
  }

  has(feature: string): boolean {
    const { features, lies } = this.switches.values;
    return !lies.includes(feature) && (features.length === 0 || features.includes(feature));
  }

  announces(feature: string): boolean {
    return this.has(feature) || this.switches.values.lies.includes(feature);
  }

  enterCall(): void {
    this.counts.calls++;
    this.counts.inFlight++;
    this.counts.maxInFlight = Math.max(this.counts.maxInFlight, this.counts.inFlight);
  }

  leaveCall(): void {
    this.counts.inFlight--;
  }
}
