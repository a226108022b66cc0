/**
 * A name server on loopback, for names that end in `.test`, and how to have a program ask it: the resolver of the system
 * reads one file for the whole machine, so the program under test is started with a module that asks here instead.
 */

import { createSocket, type RemoteInfo } from "node:dgram";

const PRELOAD = new URL("dns-preload.mjs", import.meta.url);
const HEADER = 12;
const ANSWERED = 0x8180;
const NO_SUCH_NAME = 0x8183;

export interface NameServer extends AsyncDisposable {
  /** The names that were asked for, in this order, each as often as it was. */
  readonly asked: string[];
  /** Environment by which a Node program asks this server for names that end in `.test`. */
  readonly env: Readonly<Record<string, string>>;
}

/** @param addressOf IPv4 address of a name, each time that it is asked for; undefined: there is no such name */
export async function startNameServer(addressOf: (name: string) => string | undefined): Promise<NameServer> {
  const asked: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const { name, end, type } = questionIn(query);
    asked.push(name);
    reply(query.subarray(0, end), type === 1 ? addressOf(name) : undefined, from);
  });
  const reply = (query: Buffer, address: string | undefined, { port, address: host }: RemoteInfo): void => {
    const answer = address === undefined ? Buffer.alloc(0) : record(address);
    const head = Buffer.from(query);
    head.writeUInt16BE(address === undefined ? NO_SUCH_NAME : ANSWERED, 2);
    head.writeUInt16BE(address === undefined ? 0 : 1, 6);
    head.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([head, answer]), port, host);
  };
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  return {
    asked,
    env: { NODE_OPTIONS: `--import=${PRELOAD.href}`, TOOLYARD_TEST_DNS: `127.0.0.1:${port}` },
    [Symbol.asyncDispose]: () => new Promise((resolve) => void socket.close(() => resolve())),
  };
}

/** The one question of a query (RFC 1035, section 4). */
function questionIn(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** An address for the name at the beginning of the question, good for no time. */
function record(address: string): Buffer {
  return Buffer.from([0xc0, HEADER, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split(".").map(Number)]);
}
