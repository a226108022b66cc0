/** What the gateways of others have in common: they are installed by npm in a folder of their own, take a port and print no URL. */

import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { start, type Program } from "../process.ts";

const patience = 30_000;

/** The folder in which `npm install` was run for them. */
const peers = process.env["PEERS"] ?? join(process.cwd(), "peers");

/**
 * Starts a peer that listens on a port.
 *
 * @param script of its command, inside `node_modules`
 * @param args its arguments, made for the port
 */
export function startPeer(script: string, args: (port: number) => string[]): Program {
  const program = freePort().then((port) => ({
    port,
    started: start(process.execPath, [join(peers, "node_modules", script), ...args(port)]),
  }));
  const url = program.then(async ({ port }) => {
    await untilListening(port);
    return `http://127.0.0.1:${port}/mcp`;
  });
  url.catch(() => {});
  const made = program.then(({ started }) => started);
  const startedAt = performance.now();
  return {
    pid: 0,
    get stdin(): never {
      throw new Error("A peer is spoken to over HTTP.");
    },
    get stdout(): never {
      throw new Error("A peer is spoken to over HTTP.");
    },
    startedAt,
    url: () => url,
    stop: async () => (await made).stop(),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function untilListening(port: number): Promise<void> {
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const answers = await fetch(`http://127.0.0.1:${port}/mcp`, { method: "OPTIONS" }).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await sleep(100);
  }
  throw new Error(`Nothing listened within ${patience} ms. Is it installed in ${peers}? Set PEERS to where npm install was run.`);
}
