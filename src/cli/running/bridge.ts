/** The bridge: bytes between a host's pipes and the gateway's socket. It parses nothing and loads nothing, to be there at once. */

import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";

/** After the host's last byte: what was asked just before may still be answered. */
const LAST_WORDS_MS = 300;

/** Carries bytes until one side ends, and says which. */
export function carry(socket: Socket, { stdin, stdout }: { stdin: Readable; stdout: Writable }): Promise<"host" | "gateway"> {
  return new Promise((resolve) => {
    const hostLeft = (): void => {
      setTimeout(() => {
        resolve("host");
        socket.destroySoon();
      }, LAST_WORDS_MS);
    };
    socket.on("error", () => {}); // its close tells
    socket.once("close", () => resolve("gateway"));
    stdin.once("end", hostLeft);
    stdin.once("error", hostLeft);
    stdin.pipe(socket, { end: false });
    socket.pipe(stdout, { end: false });
  });
}
