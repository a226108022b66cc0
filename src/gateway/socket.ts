/** A local socket beside the port: bridges of the same user come in by it, each as one client on a pipe. */

import { chmod, mkdir, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { messageOf, ToolyardError } from "../base/errors.ts";

export interface LocalSocket {
  /** Takes no more clients, ends those that are there, and removes the file. */
  close(): Promise<void>;
}

/**
 * Listens on a Unix socket that only this user can open. A file that a process left behind is taken over.
 *
 * @param path of at most 104 bytes (macOS)
 * @param arrived takes each connection; it ends with the connection's `close`
 * @throws PORT_IN_USE when another process listens on it, STORE_UNAVAILABLE when it cannot be made
 */
export async function openSocket(path: string, arrived: (connection: Socket) => void): Promise<LocalSocket> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (await isServed(path)) throw new ToolyardError("PORT_IN_USE", `Another gateway serves the socket ${path}.`);
  await rm(path, { force: true });
  const connections = new Set<Socket>();
  const server = createServer({ allowHalfOpen: false }, (connection) => {
    connections.add(connection);
    connection.on("error", () => {}); // its close tells
    connection.once("close", () => connections.delete(connection));
    arrived(connection);
  });
  await listen(server, path);
  await chmod(path, 0o600);
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const connection of connections) connection.destroySoon();
      await closed;
    },
  };
}

/** Does anybody answer there? */
function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
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
