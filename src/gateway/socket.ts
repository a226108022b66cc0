/**
 * A local socket beside the port: bridges of the same user come in by it, each as one client on a pipe. A bridge's first
 * line names the endpoint, by its path; ours is empty, or says why not. What follows is MCP, both ways.
 */

import { chmod, mkdir, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { messageOf, toToolyardError, ToolyardError } from "../base/errors.ts";

export interface LocalSocket {
  /** Takes no more clients and removes the file, which another may then make. */
  stop(): void;
  /** Ends those that are there, too. */
  close(): Promise<void>;
}

const LONGEST_LINE = 4_096;

/**
 * Listens on a Unix socket that only this user can open. A file that a process left behind is taken over.
 *
 * @param path of at most 104 bytes (macOS)
 * @param arrived takes each connection, which ends with its `close`, or throws why it does not
 * @throws PORT_IN_USE when another process listens on it, STORE_UNAVAILABLE when it cannot be made
 */
export async function openSocket(path: string, arrived: (connection: Socket, endpoint: string) => void): Promise<LocalSocket> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (await isServed(path)) throw new ToolyardError("PORT_IN_USE", `Another gateway serves the socket ${path}.`);
  await rm(path, { force: true });
  const connections = new Set<Socket>();
  const server = createServer({ allowHalfOpen: false }, (connection) => {
    connections.add(connection);
    connection.on("error", () => {}); // its close tells
    connection.once("close", () => connections.delete(connection));
    readLine(connection, (endpoint) => welcome(connection, endpoint, arrived));
  });
  await listen(server, path);
  await chmod(path, 0o600);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  server.once("close", resolve);
  const stop = (): void => {
    if (server.listening) server.close();
  };
  return {
    stop,
    async close() {
      stop();
      for (const connection of connections) connection.destroySoon();
      await closed;
    },
  };
}

/**
 * Comes in by the socket of a gateway. The connection is paused.
 *
 * @param endpoint its path, as on HTTP: `/mcp/support`
 * @returns undefined when nobody listens there
 * @throws ROUTE_UNKNOWN when there is no such endpoint
 */
export async function connectSocket(path: string, endpoint: string): Promise<Socket | undefined> {
  const connection = await dial(path);
  if (connection === undefined) return undefined;
  connection.write(`${endpoint}\n`);
  const refusal = await new Promise<string | undefined>((resolve) => {
    readLine(connection, resolve);
    connection.once("close", () => resolve(undefined));
  });
  if (refusal === "") return connection;
  connection.destroy();
  if (refusal === undefined) return undefined;
  throw new ToolyardError("ROUTE_UNKNOWN", refusal, { mend: "See `toolsets` in the configuration." });
}

function welcome(connection: Socket, endpoint: string, arrived: (connection: Socket, endpoint: string) => void): void {
  try {
    arrived(connection, endpoint);
    connection.write("\n");
    connection.resume();
  } catch (error) {
    connection.end(`${toToolyardError(error).message.replaceAll("\n", " ")}\n`);
  }
}

/** Takes the first line from a connection and leaves it to others, paused, at the byte behind. */
function readLine(connection: Socket, take: (line: string) => void): void {
  let head = Buffer.alloc(0);
  const read = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\n");
    if (end === -1 && head.length <= LONGEST_LINE) return;
    connection.off("data", read);
    connection.pause();
    if (end === -1 || end > LONGEST_LINE) return void connection.destroy();
    if (head.length > end + 1) connection.unshift(head.subarray(end + 1));
    take(head.toString("utf8", 0, end));
  };
  connection.on("data", read);
}

/** Does anybody answer there? */
async function isServed(path: string): Promise<boolean> {
  const probe = await dial(path);
  probe?.destroy();
  return probe !== undefined;
}

function dial(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const connection = connect(path);
    connection.once("connect", () => resolve(connection));
    connection.once("error", () => resolve(undefined));
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      reject(new ToolyardError("STORE_UNAVAILABLE", `The socket ${path} cannot be made: ${messageOf(error)}.`, {}, error));
    });
    server.listen(path, resolve);
  });
}
