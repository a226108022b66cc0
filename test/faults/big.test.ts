/** Large data: it passes as it came, or fails alone. */

import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { textOf, type WireMessage } from "../support/inbox.ts";
import { residentBytes } from "../support/processes.ts";
import { startGateway } from "./gateway.ts";
import { openServers } from "./servers.ts";

const MIB = 1024 * 1024;

describe("large results", () => {
  it("BIG-01 below the limit it passes, above it fails alone, and names the limit", async () => {
    await using servers = await openServers();
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using legacy = await gateway.client();
    await using modern = await gateway.client({ era: "modern" });
    await using pipe = gateway.home.stdio();
    await pipe.handshake();
    await legacy.toolNames();
    for (const [nth, { name, log }] of servers.all.entries()) {
      const others = [legacy, modern, pipe].map((client) => client.call(`${name}__slow`, { ms: 2_000 }, { deadlineMs: 60_000 }));
      const client = [legacy, modern, pipe][nth % 3] ?? legacy;
      const passes = await client.call(`${name}__big`, { bytes: 9 * MIB }, { deadlineMs: 60_000 });
      expect(textOf(passes).length, name).toBe(9 * MIB);
      const fails = await client.call(`${name}__big`, { bytes: 11 * MIB }, { deadlineMs: 60_000 });
      expect(fails.result?.isError, name).toBe(true);
      expect(textOf(fails), name).toMatch(new RegExp(`"${name}".*message of 115\\d{5} bytes; the limit is ${10 * MIB}.*MESSAGE_TOO_LARGE`));
      expect(
        (await Promise.all(others)).map(textOf).filter((text) => text !== "done"),
        name,
      ).toEqual([]);
      expect(log.count({ what: "start" }), name).toBe(1);
      expect(await gateway.server(name)).toMatchObject({ state: "ready", restarts: 0 });
    }
  });

  it("BIG-02 images, long texts, many blocks and blocks of a kind that nobody knows arrive whole", async () => {
    await using servers = await openServers();
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using legacy = await gateway.client();
    await using modern = await gateway.client({ era: "modern" });
    await legacy.toolNames();
    const wishes: readonly JsonObject[] = [
      { kind: "image", count: 1, bytes: 5 * MIB },
      { kind: "text", count: 10_000, bytes: 20 },
      { kind: "unknown", count: 2, bytes: 10 },
      { kind: "resource", count: 1, bytes: 2 * MIB },
    ];
    const long = "zwölf Boxkämpfer 😀 ".repeat(100_000);
    await servers.each(async ({ name }) => {
      for (const client of [legacy, modern]) {
        for (const wish of wishes) {
          const { result } = await client.call(`${name}__blocks`, wish, { deadlineMs: 60_000 });
          expect(result?.content?.length).toBe(wish["count"]);
          expect(result?.content?.every((block) => sizeOf(block) === wish["bytes"])).toBe(true);
        }
        const { result } = await client.call(`${name}__blocks`, { kind: "unknown" });
        expect(result?.content).toEqual([{ type: "hologram", data: "AAAA", annotations: { audience: ["user"] } }]);
        const echoed = await client.call(`${name}__echo`, { text: long }, { deadlineMs: 60_000 });
        expect(textOf(echoed) === long).toBe(true);
      }
    });
  });

  it("BIG-02 a thousand large results leave no memory behind", { timeout: 120_000 }, async () => {
    await using servers = await openServers();
    await using gateway = await startGateway({ mcpServers: servers.entries() });
    await using client = await gateway.client();
    await client.toolNames();
    const round = async (times: number): Promise<void> => {
      await servers.each(async ({ name }) => {
        for (let nth = 0; nth < times; nth++) await client.call(`${name}__big`, { bytes: MIB }).then(forget);
      });
      client.inbox.messages.length = 0;
    };
    await round(10);
    const before = residentBytes(gateway.pid);
    await round(60);
    expect(residentBytes(gateway.pid) - before).toBeLessThan(96 * MIB);
  });
});

function sizeOf(block: object): number {
  const { data, text, resource } = block as { data?: string; text?: string; resource?: { text: string } };
  return (data ?? text ?? resource?.text ?? "").length;
}

function forget(message: WireMessage): void {
  expect(message.error).toBeUndefined();
}
