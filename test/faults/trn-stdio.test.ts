/** TRN: what a program may do to its own pipes. */

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { stdioServer, watchedServer } from "../support/fixture.ts";
import { textOf, type WireMessage } from "../support/inbox.ts";
import { residentBytes } from "../support/processes.ts";
import { pause, until } from "../support/wait.ts";
import { makeHome, startGateway } from "./gateway.ts";

const MB = 1024 * 1024;
const BLOCKING = fileURLToPath(new URL("../servers/blocking.py", import.meta.url));

/** Characters of one to four bytes, and those that some take for line ends. */
const ODD = 'ü€😀 \u2028\u2029\u0085 \\n \\u0000 "quoted" \t\r\n end';

describe.concurrent("TRN-01", () => {
  it.each(["text", "json", "ansi", "blank"] as const)(
    "TRN-01 %s lines on stdout harm nothing, are counted, and go to no client",
    async (noise) => {
      using server = watchedServer({ noise, banner: "Welcome to the server!\u001b[31m" });
      await using gateway = await startGateway({ mcpServers: { s: server.entry } });
      await gateway.untilReady();
      await using client = await gateway.client();
      const texts = await Promise.all(Array.from({ length: 20 }, (_, index) => client.text("s__echo", { text: `${index}` })));
      expect(texts).toEqual(texts.map((_, index) => `${index}`));
      const { noise: told } = await gateway.server("s");
      expect(told?.first).toContain("Welcome to the server!");
      expect(told?.count).toBeGreaterThanOrEqual(noise === "blank" ? 1 : 20);
      expect(client.inbox.messages.filter(({ method }) => method !== undefined)).toEqual([]);
      expect(JSON.stringify(client.inbox.messages)).not.toContain("Welcome");
      expect(gateway.log.split("\n").length).toBeLessThan(10); // the first one is told, the rest is counted
      expect(gateway.log).not.toContain("\u001b");
    },
  );
});

describe.concurrent("TRN-02", () => {
  const cuts: [string, Parameters<typeof stdioServer>[0]][] = [
    ["cut after every byte", { "split-at": 1, bom: true, crlf: true }],
    ["cut after every third byte, with blank lines between", { "split-at": 3, noise: "blank" }],
    ["a thousand in one piece", { coalesce: 300, bom: true }],
    ["a thousand in one piece, out of order", { coalesce: 300, jitter: 100, crlf: true, noise: "blank" }],
  ];

  it.each(cuts)("TRN-02 messages of a server, %s: all arrive, once, byte for byte", async (_, flags) => {
    const one = flags?.["split-at"] !== undefined;
    const count = one ? 20 : 1_000;
    using server = watchedServer({ ...flags, only: ["echo"] });
    await using gateway = await startGateway({
      limits: { queue: 2_000, queueWait: "60s" },
      mcpServers: { s: { ...server.entry, concurrency: 2_000 } },
    });
    await gateway.untilReady();
    await using client = await gateway.client();
    const texts = Array.from({ length: count }, (__, index) => `${index} ${ODD}`);
    const answers = await Promise.all(texts.map((text) => client.call("s__echo", { text }, { deadlineMs: 30_000 })));
    expect(answers.map(textOf)).toEqual(texts);
    expect(server.executions()).toBe(count);
  });

  it("TRN-02 the order of a server's messages is kept", async () => {
    await using gateway = await startGateway({ mcpServers: { s: stdioServer({ coalesce: 200, "split-at": 7 }) } });
    await gateway.untilReady();
    await using client = await gateway.client();
    await client.call("s__progress", { steps: 50 }, { meta: { progressToken: "p" } });
    const values = client.inbox.of("notifications/progress").map(({ params }) => Number(params?.["progress"]));
    expect(values.at(-1)).toBe(50);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  });

  it("TRN-02 messages of a client: cut after every byte, many in one piece, with blank lines and a byte order mark", async () => {
    using home = makeHome({ mcpServers: { s: stdioServer() } });
    await using client = home.stdio(["--own"]);
    client.write("\u{feff}\r\n\n");
    await client.handshake();
    const texts = Array.from({ length: 200 }, (_, index) => `${index} ${ODD}`);
    const lines = texts.map((text, index) => JSON.stringify(call(1_000 + index, text)));
    const answers = texts.map((_, index) => client.inbox.answerTo(1_000 + index, 30_000));
    client.write(`${lines.slice(0, 190).join("\r\n\n")}\n`);
    for (const byte of Buffer.from(`${lines.slice(190).join("\n")}\n`)) {
      client.write(Buffer.of(byte));
      if (byte % 16 === 0) await pause(0);
    }
    expect((await Promise.all(answers)).map(textOf)).toEqual(texts);
    expect(client.noise).toEqual([]);
  });
});

describe.concurrent("TRN-03", () => {
  it("TRN-03 endless stdout without a newline: memory is bounded, the connection is reset, the server started again", async () => {
    using server = watchedServer({ flood: "0@call:add" });
    const limit = 2 * MB;
    await using gateway = await startGateway({ limits: { message: "2MB" }, mcpServers: { s: server.entry, good: stdioServer() } });
    await gateway.untilReady();
    await using client = await gateway.client();
    await Promise.all(Array.from({ length: 20 }, () => client.call("good__big", { bytes: 100_000 })));
    const before = residentBytes(gateway.pid);
    let most = before;
    const watching = setInterval(() => (most = Math.max(most, residentBytes(gateway.pid))), 20);
    const flooded = client.call("s__add", { a: 1, b: 2 }, { deadlineMs: 30_000 });
    expect(await client.text("good__echo", { text: "meanwhile" })).toBe("meanwhile");
    expect(textOf(await flooded)).toMatch(/Server "s".*(OUTCOME_UNKNOWN|MESSAGE_TOO_LARGE)/s);
    clearInterval(watching);
    expect(most - before).toBeLessThan(3 * limit + 16 * MB); // 3 × limit, and what a heap takes as it likes
    server.set({ flood: [] });
    await gateway.untilServer("s", ({ state, restarts }) => state === "ready" && restarts === 1);
    expect(await client.text("s__echo", { text: "again" })).toBe("again");
  });

  it("TRN-03 a line just over the limit fails its call alone; the limit counts bytes", async () => {
    await using gateway = await startGateway({ limits: { message: "1MB" }, mcpServers: { s: stdioServer() } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const slow = client.call("s__slow", { ms: 1_000 });
    const euros = "€".repeat(330_000); // 990 KB in UTF-8, 330,000 units of UTF-16
    expect(await client.text("s__echo", { text: euros })).toBe(euros);
    expect(textOf(await client.call("s__echo", { text: euros + "€".repeat(40_000) }))).toMatch(/MESSAGE_TOO_LARGE/);
    expect(textOf(await client.call("s__big", { bytes: 2 * MB }))).toMatch(/MESSAGE_TOO_LARGE/);
    expect(textOf(await slow)).toBe("done");
    expect((await gateway.server("s")).restarts).toBe(0);
  });
});

describe.concurrent("TRN-04", () => {
  it.each([
    ["in lines", 80],
    ["without a newline", 0],
  ])("TRN-04 five megabytes on stderr before each answer, %s: the answer comes", async (_, line) => {
    const entry = { command: "python3", args: [BLOCKING, String(5 * MB), String(line)] };
    await using gateway = await startGateway({ mcpServers: { s: entry } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const rounds = async (count: number): Promise<void> => {
      for (let round = 0; round < count; round++) expect(await client.text("s__echo", { text: `${round}` })).toBe(`${round}`);
    };
    await rounds(4); // a heap takes some in passing
    const before = residentBytes(gateway.pid);
    await rounds(12);
    expect(residentBytes(gateway.pid) - before).toBeLessThan(20 * MB); // of 60 MB, of which 64 KiB are kept
    expect(gateway.log.length).toBeLessThan(64 * 1024);
    const { pid } = await gateway.server("s");
    process.kill(pid ?? -1, "SIGKILL");
    await until(async () => (await gateway.server("s")).restarts === 1, 10_000);
  });

  it("TRN-04 the same by a server that blocks in the middle of a call", async () => {
    using server = watchedServer({ stderr: `${5 * MB}@call:add`, "stderr-line": 0 });
    await using gateway = await startGateway({ mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const answers = await Promise.all([client.text("s__add", { a: 1, b: 2 }), client.text("s__echo", { text: "x" })]);
    expect(answers).toEqual(["3", "x"]);
  });
});

function call(id: number, text: string): WireMessage & { jsonrpc: string } {
  return { jsonrpc: "2.0", id, method: "tools/call", params: { name: "s__echo", arguments: { text } } };
}
