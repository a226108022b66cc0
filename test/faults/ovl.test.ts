/** Overload: too large, too many, too slow. What is refused is refused at once, and nothing else suffers. */

import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { startHttp, stdioServer, watchedServer } from "../support/fixture.ts";
import { send } from "../support/http-raw.ts";
import { MODERN_VERSION, modernParams, textOf } from "../support/inbox.ts";
import { canFindProcesses, residentBytes } from "../support/processes.ts";
import { pause, until, within } from "../support/wait.ts";
import { startGateway, type Gateway } from "./gateway.ts";

const MB = 1024 * 1024;
const TYPES = { "content-type": "application/json", accept: "application/json, text/event-stream" };

/** A socket to the gateway's port that shows what came. */
function dial({ url }: Gateway): { readonly socket: Socket; readonly heard: () => string; readonly closed: Promise<void> } {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => (text += part));
  socket.on("error", () => {}); // its close tells
  return { socket, heard: () => text, closed: new Promise<void>((resolve) => socket.once("close", () => resolve())) };
}

describe.skipIf(!canFindProcesses)("requests that are too large", () => {
  it("OVL-01 a body one byte over the limit, said or not, is refused before it is read; memory stays", async () => {
    await using gateway = await startGateway({ mcpServers: { a: stdioServer() }, limits: { body: "4MB" } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const exact = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }).padEnd(4 * MB, " ");
    const headers = { ...TYPES, "mcp-session-id": client.session ?? "" };
    expect((await send(gateway.url, { headers, body: exact })).status).toBe(200);
    const over = await send(gateway.url, { headers, body: `${exact} ` });
    expect(over.status).toBe(413);
    expect(await over.text()).toMatch(/larger than 4194304 bytes.*limits\.body/s);
    await pause(300);
    const before = residentBytes(gateway.pid);

    const endless = dial(gateway);
    endless.socket.write("POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n");
    const sent = await flood(endless.socket, 1024 * MB);
    await within(endless.closed, 10_000, "the gateway cuts a body without end");
    expect(endless.heard()).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeLessThan(1024 * MB);

    const claimed = dial(gateway);
    claimed.socket.write("POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1073741824\r\n\r\n");
    await until(() => claimed.heard().startsWith("HTTP/1.1 413 "), 2_000, "it is refused by what it claims", claimed.heard);
    claimed.socket.destroy();
    expect(residentBytes(gateway.pid) - before).toBeLessThan(16 * MB + 4 * MB); // what it may hold of one body comes on top
    expect(await client.text("a__echo", { text: "well" })).toBe("well");
  });

  it("OVL-01 headers of 20 KiB, or without end: 431, and the connection is over", async () => {
    await using gateway = await startGateway({ mcpServers: {} });
    const large = dial(gateway);
    large.socket.write(`POST /mcp HTTP/1.1\r\nhost: localhost\r\nx-large: ${"x".repeat(20 * 1024)}\r\n\r\n`);
    await within(large.closed, 5_000, "a request with 20 KiB of headers is ended", large.heard);
    expect(large.heard()).toMatch(/^HTTP\/1\.1 431 /);
    const endless = dial(gateway);
    endless.socket.write("GET / HTTP/1.1\r\nx-a: ");
    await flood(endless.socket, 100 * MB);
    await within(endless.closed, 5_000, "a request with headers without end is ended");
    expect((await fetch(gateway.at("/healthz"))).status).toBe(200);
  });

  it("OVL-01 on a pipe a line over the limit is answered for itself, and the next is read", async () => {
    await using gateway = await startGateway({ mcpServers: { a: stdioServer() }, limits: { message: "1MB" } });
    await gateway.untilReady();
    await using pipe = gateway.home.stdio();
    await pipe.handshake();
    const before = residentBytes(gateway.pid);
    for (let round = 0; round < 3; round++) {
      const { error } = await pipe.call("a__echo", { text: "x".repeat(8 * MB) }, { id: `large ${round}` });
      expect(error).toMatchObject({ message: expect.stringContaining("over the limit"), data: { code: "MESSAGE_TOO_LARGE" } });
    }
    expect(await pipe.text("a__echo", { text: "well" })).toBe("well");
    expect(residentBytes(gateway.pid) - before).toBeLessThan(48 * MB);
  });

  it("OVL-01 a client that sends its request a byte at a time, or never ends it, keeps nobody else waiting", async () => {
    await using gateway = await startGateway({ mcpServers: { a: stdioServer() } });
    await gateway.untilReady();
    const slow = Array.from({ length: 200 }, () => dial(gateway));
    for (const { socket } of slow)
      socket.write("POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{");
    await using client = await gateway.client();
    const startedAt = performance.now();
    for (let nth = 0; nth < 20; nth++) expect(await client.text("a__echo", { text: "quick" })).toBe("quick");
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    for (const { socket } of slow) socket.destroy();
  });
});

/** Writes until so many bytes are gone or the other side closes; gives how many were. */
async function flood(socket: Socket, bytes: number): Promise<number> {
  const piece = Buffer.alloc(64 * 1024, "x");
  const chunk = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]);
  let sent = 0;
  while (sent < bytes && !socket.destroyed && socket.writable) {
    sent += chunk.length;
    if (!socket.write(chunk) && !(await drained(socket))) break;
  }
  return sent;
}

/** False when the other side takes nothing more, or has gone. */
function drained(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (taken: boolean) => () => {
      clearTimeout(timer);
      socket.off("drain", yes).off("close", no);
      resolve(taken);
    };
    const [yes, no] = [settle(true), settle(false)];
    const timer = setTimeout(no, 2_000);
    socket.once("drain", yes).once("close", no);
  });
}

describe("too many calls", () => {
  it("OVL-02 five hundred at once: 64 run, 256 wait, the rest is refused at once with a time; nothing is lost or doubled", async () => {
    using slow = watchedServer({ slow: "1500@call:nonce" }); // longer than five hundred requests need to arrive
    using other = watchedServer();
    await using gateway = await startGateway({ mcpServers: { slow: slow.entry, other: other.entry }, limits: { queueWait: "30s" } });
    await gateway.untilReady();
    await using client = await gateway.client({ era: "modern" });
    const nonces = Array.from({ length: 500 }, (_, nth) => `n${nth}`);
    const startedAt = performance.now();
    const refusedAfter: number[] = [];
    const calls = nonces.map(async (nonce) => {
      const answer = await client.call("slow__nonce", { nonce }, { deadlineMs: 60_000 });
      if (answer.result?.isError === true) refusedAfter.push(performance.now() - startedAt);
      return { nonce, text: textOf(answer), refused: answer.result?.isError === true };
    });
    const aside = await Promise.all(Array.from({ length: 20 }, () => client.text("other__nonce", { nonce: "aside" })));
    expect(new Set(aside)).toEqual(new Set(["hostile aside"]));
    const answers = await Promise.all(calls);
    const refused = answers.filter((answer) => answer.refused);
    expect(refused).toHaveLength(500 - 64 - 256);
    for (const { text } of refused) expect(text).toMatch(/"slow".*busy.*again in \d+ ms.*SERVER_BUSY/s);
    for (const { nonce, text } of answers.filter((answer) => !answer.refused)) expect(text).toBe(`hostile ${nonce}`);
    const executed = slow.log.all({ what: "in", name: "nonce" }).map(({ args }) => args?.["nonce"]);
    expect(new Set(executed).size).toBe(executed.length);
    expect(executed).toHaveLength(320);
    expect(mostAtOnce(slow)).toBe(64);
    expect((await gateway.server("slow")).inFlight).toBe(0);
  });

  it("OVL-02 who has waited too long is told so, and a slot that becomes free is used", async () => {
    using server = watchedServer();
    const entry = { ...server.entry, concurrency: 2 };
    await using gateway = await startGateway({ mcpServers: { s: entry }, limits: { queue: 5, queueWait: "500ms" } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const running = [client.call("s__slow", { ms: 1_500 }), client.call("s__slow", { ms: 1_500 })];
    await server.log.waitFor({ what: "in", name: "slow" }, 5_000, 2);
    const startedAt = performance.now();
    const waiting = await Promise.all(Array.from({ length: 7 }, () => client.call("s__echo", { text: "late" })));
    expect(performance.now() - startedAt).toBeLessThan(500 + 900);
    expect(waiting.map(textOf).filter((text) => text.includes("waiting already"))).toHaveLength(2);
    expect(waiting.map(textOf).filter((text) => text.includes("no slot became free"))).toHaveLength(5);
    for (const answer of await Promise.all(running)) expect(textOf(answer)).toBe("done");
    expect(await client.text("s__echo", { text: "free" })).toBe("free");
    expect(server.log.count({ what: "in", name: "echo" })).toBe(1);
  });
});

/** How many calls a server ran at the same time, by its own log. */
function mostAtOnce({ log }: ReturnType<typeof watchedServer>): number {
  const events = log.all(({ what, name, method }) => name === "nonce" && (what === "executed" || method === "tools/call"));
  let [now, most] = [0, 0];
  for (const { what } of events) {
    now += what === "executed" ? -1 : 1;
    most = Math.max(most, now);
  }
  return most;
}

describe.skipIf(!canFindProcesses)("a client that reads nothing", () => {
  it.each(["legacy", "modern"] as const)(
    "OVL-04 costs at most its buffer and one answer, its slot is freed, and others are well (%s)",
    async (era) => {
      using server = watchedServer();
      await using gateway = await startGateway({ mcpServers: { s: { ...server.entry, concurrency: 2 } } });
      await gateway.untilReady();
      await using healthy = await gateway.client({ era });
      await using own = await gateway.client();
      await pause(300);
      const before = residentBytes(gateway.pid);
      const params = { name: "s__progress", arguments: { steps: 20_000, bytes: 4_096 }, _meta: { progressToken: "unread" } };
      const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: era === "modern" ? modernParams(params, {}) : params };
      const body = JSON.stringify(message);
      const modern = { "mcp-protocol-version": MODERN_VERSION, "mcp-method": "tools/call", "mcp-name": "s__progress" };
      const headers = { ...TYPES, host: "localhost", ...(era === "modern" ? modern : { "mcp-session-id": own.session ?? "" }) };
      const deaf = dial(gateway);
      deaf.socket.pause();
      deaf.socket.write(`POST /mcp HTTP/1.1\r\n${headerLines(headers)}content-length: ${body.length}\r\n\r\n${body}`);
      await server.log.waitFor({ what: "in", name: "progress" });
      for (let nth = 0; nth < 20; nth++) expect(await healthy.text("s__nonce", { nonce: `${nth}` })).toBe(`hostile ${nth}`);
      await server.log.waitFor({ what: "executed", name: "progress" }, 60_000);
      expect((await gateway.server("s")).inFlight).toBe(0);
      expect(residentBytes(gateway.pid) - before).toBeLessThan(48 * MB); // the heap's own ups and downs; 80 MB were sent
      deaf.socket.resume();
      await until(() => deaf.heard().includes("20000 steps"), 10_000, "the answer, which is never dropped");
      deaf.socket.destroy();
    },
  );

  it("OVL-04 a stream of news that nobody reads is cut once too much waits", async () => {
    await using server = await startHttp({ era: "modern" });
    await using gateway = await startGateway({ mcpServers: { s: { url: server.url } }, limits: { sendBuffer: "64KB" } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const uri = `test://hostile/items/${"x".repeat(32 * 1024)}`;
    const params = modernParams({ notifications: { resourceSubscriptions: [uri] } }, {});
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "subscriptions/listen", params });
    const headers = { ...TYPES, host: "localhost", "mcp-protocol-version": MODERN_VERSION, "mcp-method": "subscriptions/listen" };
    const deaf = dial(gateway);
    deaf.socket.write(`POST /mcp HTTP/1.1\r\n${headerLines(headers)}content-length: ${body.length}\r\n\r\n${body}`);
    await until(
      () => deaf.heard().includes("acknowledged"),
      10_000,
      "it is acknowledged",
      () => deaf.heard().slice(0, 500),
    );
    deaf.socket.pause();
    await pause(300);
    const before = residentBytes(gateway.pid);
    for (let round = 0; round < 600; round++) await server.control({ do: "resource-updated", uri }); // more than sockets hold
    expect(await client.text("s__echo", { text: "well" })).toBe("well");
    expect(residentBytes(gateway.pid) - before).toBeLessThan(48 * MB);
    deaf.socket.resume();
    await within(deaf.closed, 5_000, "the stream is cut");
    expect(deaf.heard().length).toBeLessThan(600 * uri.length);
  });

  it("OVL-04 a bridge whose host reads nothing: the answers come when it reads again", async () => {
    using server = watchedServer();
    await using gateway = await startGateway({ mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using pipe = gateway.home.stdio();
    await pipe.handshake();
    await using healthy = await gateway.client();
    await pause(300);
    const before = residentBytes(gateway.pid);
    pipe.child.stdout?.pause();
    const answer = pipe.call("s__progress", { steps: 20_000, bytes: 4_096 }, { meta: { progressToken: 1 }, deadlineMs: 60_000 });
    await server.log.waitFor({ what: "executed", name: "progress" }, 60_000);
    expect(await healthy.text("s__echo", { text: "well" })).toBe("well");
    expect(residentBytes(gateway.pid) - before).toBeLessThan(48 * MB);
    pipe.child.stdout?.resume();
    expect(textOf(await answer)).toBe("20000 steps");
  });
});

function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
}
