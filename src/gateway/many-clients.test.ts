import { expect, it } from "vitest";
import { connect } from "node:net";
import { stdioServer, startHttp } from "../../test/support/fixture.ts";
import { textOf } from "../../test/support/inbox.ts";
import { pause, until } from "../../test/support/wait.ts";
import { FakeClock } from "../base/fake-clock.suite.ts";
import { testGateway } from "./gateway.suite.ts";

it("fifty clients with the same ids over one process each get their own answers", { timeout: 60_000 }, async () => {
  await using test = await testGateway({ servers: { one: stdioServer({ jitter: 5 }) } });
  await test.yard.ready();
  const clients = await Promise.all(Array.from({ length: 50 }, () => test.legacy()));
  let crossed = 0;
  for (let id = 1; id <= 20; id++) {
    const answers = await Promise.all(clients.map((client, index) => client.call("one__nonce", { nonce: `${index}-${id}` }, { id })));
    crossed += answers.filter((answer, index) => answer.id !== id || !textOf(answer).includes(`${index}-${id}`)).length;
  }
  expect(crossed).toBe(0);
});

it("two clients with the same progress token each get their own progress", async () => {
  await using test = await testGateway({ servers: { one: stdioServer() } });
  const [a, b] = [await test.legacy(), await test.legacy()];
  const meta = { progressToken: 1 };
  await Promise.all([a.call("one__progress", { steps: 2, ms: 60 }, { meta }), b.call("one__progress", { steps: 6, ms: 60 }, { meta })]);
  // How many there are is the pace's affair; each names its call by its total, and the last one always comes.
  for (const [client, total] of [
    [a, 2],
    [b, 6],
  ] as const) {
    const told = client.inbox.of("notifications/progress").map(({ params }) => params);
    expect(told.every((each) => each?.["total"] === total)).toBe(true);
    expect(told.at(-1)).toMatchObject({ progress: total });
  }
});

it("nothing of a client's headers reaches a server", async () => {
  await using server = await startHttp();
  await using test = await testGateway({ servers: { one: { url: server.url, headers: { "x-own": "1" } } } });
  const foreign = { authorization: "Bearer secret", cookie: "a=b", "x-forwarded-for": "1.2.3.4", "x-user": "root", "x-custom": "2" };
  const client = await test.legacy({ headers: foreign });
  const seen = await client.text("one__headers");
  expect(seen).toContain("x-own");
  expect(seen).not.toMatch(/secret|a=b|1\.2\.3\.4|x-user|x-custom|x-forwarded/);
});

it("a client that reads nothing costs its buffer at the most, and no other client", { timeout: 60_000 }, async () => {
  await using test = await testGateway({ servers: { one: stdioServer() }, config: { limits: { sendBuffer: "64KB" } } });
  const client = await test.legacy();
  const { port } = new URL(test.gateway.url);
  const body = JSON.stringify({
    ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
    params: { name: "one__progress", arguments: { steps: 2_000, ms: 1, bytes: 65_536 }, _meta: { progressToken: 1 } },
  });
  const socket = connect({ port: Number(port), host: "127.0.0.1" });
  const head = `Host: localhost\r\nContent-Type: application/json\r\nMcp-Session-Id: ${client.session}\r\nContent-Length: ${Buffer.byteLength(body)}`;
  socket.pause();
  socket.write(`POST /mcp HTTP/1.1\r\n${head}\r\n\r\n${body}`);
  const before = process.memoryUsage.rss();
  await until(() => test.yard.servers().find(({ name }) => name === "one")?.inFlight === 1);
  const other = await test.legacy();
  await pause(1_500);
  const startedAt = performance.now();
  expect(await other.text("demo__echo", { text: "prompt" })).toBe("prompt");
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(process.memoryUsage.rss() - before).toBeLessThan(150e6);
  socket.destroy();
});

it("ten thousand sessions that nobody ends hold no state, and neither do those that were used once", { timeout: 60_000 }, async () => {
  const clock = new FakeClock();
  await using test = await testGateway({ gateway: { clock } });
  for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 50 }, () => test.legacy()));
  expect(clock.pending).toBe(0);
  const used = await Promise.all(Array.from({ length: 20 }, () => test.legacy()));
  await Promise.all(used.map((client) => client.toolNames()));
  expect(clock.pending).toBe(20);
  await clock.pass(31 * 60_000);
  expect(clock.pending).toBe(0);
});
