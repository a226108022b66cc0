/** The gateway: MCP for many clients on one port and one local socket, and the pages beside it. */

import type { AddressInfo, Socket } from "node:net";
import { systemClock, type Clock } from "../base/clock.ts";
import { messageOf, ToolyardError } from "../base/errors.ts";
import { isLoopback } from "../base/loopback.ts";
import { silentLogger, type Logger } from "../base/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Toolyard } from "../toolyard.ts";
import { http, type Server } from "../wire/node-http.ts";
import { Attendance, type IdleRule } from "./attendance.ts";
import { Gate, type AuthOptions } from "./auth/gate.ts";
import { Activity } from "./endpoint/activity.ts";
import { Entrance } from "./entrance.ts";
import { endpointOf, Faces } from "./faces.ts";
import { guardFor } from "./guard.ts";
import { servePipe, type Pipe } from "./pipe.ts";
import { openSocket, type LocalSocket } from "./socket.ts";
import { Rounds } from "./rounds/rounds.ts";
import { Tasks } from "./tasks/tasks.ts";
import { Sessions } from "./streamable/sessions.ts";
import { Streamable } from "./streamable/streamable.ts";

export interface GatewayOptions {
  /** One beyond this machine only with `auth`. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Of the state directory: session ids are sealed with it. */
  readonly key: Buffer;
  /** Path of a local socket to listen on too. */
  readonly socket?: string;
  /** What callers by HTTP are asked for; closed with the gateway. Default: nothing. */
  readonly auth?: AuthOptions | undefined;
  readonly metrics?: Metrics;
  /** What to do when there was no client for a while. */
  readonly idle?: IdleRule;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

export interface Gateway {
  /** The MCP address for everything, as this machine reaches it: `http://127.0.0.1:8808/mcp`. */
  readonly url: string;
  readonly port: number;
  /**
   * Ends the gateway, not the yard. New requests are refused from now on; calls get `drainMs` to end, then are
   * cancelled. Never rejects.
   */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}

/** Where a gateway on all interfaces is found from here. */
const SELF: ReadonlyMap<string, string> = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["::", "::1"],
]);
/** Longer than what stands between keeps a quiet connection, so that it never sends into one that we have closed. */
const KEEP_ALIVE_MS = 75_000;

/**
 * Opens the gateway of a yard.
 *
 * @throws USAGE for a host beyond this machine where nobody is asked who they are; PORT_IN_USE, naming port or socket
 */
export async function openGateway(yard: Toolyard, options: GatewayOptions): Promise<Gateway> {
  if (options.auth === undefined && !isLoopback(options.host)) {
    throw new ToolyardError("USAGE", `The gateway does not listen on ${options.host} while it asks nobody who they are.`, {
      mend: "Set gateway.auth.keys to true in the configuration, and give each caller a key of `toolyard keys create`.",
    });
  }
  const gateway = new YardGateway(yard, options);
  try {
    await gateway.open();
    return gateway;
  } catch (error) {
    await gateway.close();
    throw error;
  }
}

class YardGateway implements Gateway {
  port = 0;
  readonly #options: GatewayOptions;
  readonly #yard: Toolyard;
  readonly #activity: Activity = new Activity();
  readonly #attendance: Attendance;
  readonly #sessions: Sessions;
  readonly #rounds: Rounds;
  readonly #faces: Faces;
  readonly #gate: Gate;
  readonly #server: Server;
  readonly #pipes = new Set<Pipe>();
  #socket: LocalSocket | undefined;
  #closing: Promise<void> | undefined;

  constructor(yard: Toolyard, options: GatewayOptions) {
    const { key, auth, host, metrics, logger = silentLogger, clock = systemClock } = options;
    const { limits, gateway } = yard.config;
    const activity = this.#activity;
    const report = (error: unknown): void => logger.error("A request failed by a fault of our own.", { error });
    this.#yard = yard;
    this.#options = options;
    this.#attendance = new Attendance(clock, options.idle);
    this.#sessions = new Sessions({ key, clock, idleMs: limits.sessionIdleMs });
    this.#rounds = new Rounds({ key, clock, limits });
    const rounds = this.#rounds;
    const tasks = new Tasks(key, clock);
    this.#faces = new Faces(yard, { activity, rounds, tasks, clock, report }, (face) => this.#sessions.leave(face));
    this.#gate = new Gate(auth, clock, (isGood) => this.#sessions.expel(isGood));
    const streamable = new Streamable({ sessions: this.#sessions, activity, limits });
    const guard = guardFor({ publicUrl: gateway.publicUrl, host });
    const parts = { yard, faces: this.#faces, streamable, activity, metrics, report, guard, gate: this.#gate };
    const entrance = new Entrance(parts);
    this.#server = http.createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requireHostHeader: false }, (request, response) => {
      this.#attendance.arrive();
      response.once("close", () => this.#attendance.leave());
      entrance.enter(request, response);
    });
    this.#server.once("listening", () => entrance.open());
  }

  get url(): string {
    const host = SELF.get(this.#options.host) ?? this.#options.host;
    return `http://${host.includes(":") ? `[${host}]` : host}:${this.port}/mcp`;
  }

  async open(): Promise<void> {
    const { host, port, socket } = this.#options;
    this.port = await listen(this.#server, host, port);
    if (socket !== undefined) this.#socket = await openSocket(socket, (connection, path) => this.#serve(connection, path));
  }

  close({ drainMs = 0 }: { readonly drainMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#shut(drainMs);
    return this.#closing;
  }

  /** One bridge on the local socket. @throws ROUTE_UNKNOWN when there is no such endpoint */
  #serve(connection: Socket, path: string): void {
    const endpoint = endpointOf(path);
    if (endpoint === undefined) throw new ToolyardError("ROUTE_UNKNOWN", `There is no endpoint ${path}.`);
    const face = this.#faces.get(endpoint);
    this.#attendance.arrive();
    const pipe = servePipe(face, connection, connection, { limits: this.#yard.config.limits });
    this.#pipes.add(pipe);
    connection.once("close", () => {
      pipe.close();
      this.#pipes.delete(pipe);
      this.#attendance.leave();
    });
  }

  async #shut(drainMs: number): Promise<void> {
    this.#attendance.close();
    this.#gate.close();
    this.#socket?.stop();
    const still = this.#activity.drain(drainMs);
    this.#faces.quiet();
    this.#sessions.quiet();
    await still;
    await new Promise(setImmediate); // the last answers are on their way
    this.#sessions.close();
    for (const pipe of this.#pipes) pipe.close();
    this.#faces.close();
    this.#rounds.close();
    await new Promise(setImmediate); // and so are those to cancelled calls
    await Promise.all([this.#socket?.close(), this.#shutServer()]);
  }

  async #shutServer(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      const message = taken ? `Port ${port} on ${host} is taken.` : `Port ${port} on ${host} cannot be opened: ${messageOf(error)}.`;
      reject(new ToolyardError("PORT_IN_USE", message, {}, error));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
