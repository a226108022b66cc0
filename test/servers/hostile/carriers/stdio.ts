/** JSON-RPC lines on stdin and stdout. */

import { encode, type Message } from "../protocol/message.ts";
import { parseMessage, receive } from "../protocol/receive.ts";
import { wait, writeAll } from "../process.ts";
import type { Carrier, HostileServer } from "../server.ts";

const NOISE = { text: "Server is running fine", json: '{"level":"info","msg":"handled"}', blank: "", ansi: "\u001b[32m✔ ready\u001b[0m" };

export function serveStdio(server: HostileServer): void {
  const { values } = server.switches;
  const write = openStdout(server);
  const line = (text: string | Buffer): Promise<void> =>
    write(Buffer.concat([Buffer.from(text), Buffer.from(values.crlf ? "\r\n" : "\n")]));
  const carrier: Carrier = {
    kind: "stdio",
    send(message: Message | Buffer) {
      if (values.noise !== "none") void line(NOISE[values.noise]);
      return line(encode(message));
    },
  };
  if (values.bom) void write(Buffer.from("\uFEFF"));
  if (values.banner !== "") void line(values.banner);
  const connection = server.connect(carrier);
  readLines((bytes) => {
    if (bytes.length === 0) return;
    try {
      void receive(server, connection, parseMessage(bytes), bytes);
    } catch (error) {
      server.log("violation", { rule: "a line that is no message", excerpt: bytes.toString("utf8", 0, 200) });
      void carrier.send({ jsonrpc: "2.0", id: null, error: { code: -32700, message: (error as Error).message } }, undefined, false);
    }
  });
  process.stdin.on("end", () => {
    server.log("eof");
    connection.abandon();
    if (!values["ignore-eof"]) process.exit(0);
  });
  // Without this an ended stdin would leave nothing to wait for.
  setInterval(() => {}, 1 << 30);
}

function readLines(take: (line: Buffer) => void): void {
  let parts: Buffer[] = [];
  process.stdin.on("data", (chunk: Buffer) => {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, at));
      take(parts.length === 1 ? (parts[0] ?? chunk) : Buffer.concat(parts));
      parts = [];
      from = at + 1;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  });
}

/** A writer that keeps order also where it takes its time. */
function openStdout({ switches: { values } }: HostileServer): (bytes: Buffer) => Promise<void> {
  let held: Buffer[] = [];
  let queue: Promise<void> = Promise.resolve();
  const release = async (): Promise<void> => {
    await wait(values.coalesce);
    writeAll(1, Buffer.concat(held));
    held = [];
  };
  return (bytes) => {
    if (values["split-at"] > 0) {
      queue = queue.then(() => writePieces(bytes, values["split-at"]));
    } else if (values.coalesce > 0) {
      held.push(bytes);
      if (held.length === 1) queue = release();
    } else {
      writeAll(1, bytes);
    }
    return queue;
  };
}

async function writePieces(bytes: Buffer, size: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += size) {
    writeAll(1, bytes.subarray(at, at + size));
    await wait(1);
  }
}
