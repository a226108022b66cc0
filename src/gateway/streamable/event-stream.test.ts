import { createServer, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { until } from "../../../test/support/wait.ts";
import { EventStream, type StreamOptions } from "./event-stream.ts";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A stream, and a client that reads nothing until it is resumed. */
async function open(
  options: Partial<StreamOptions> = {},
): Promise<{ stream: EventStream; response: ServerResponse; client: Socket; closed: () => number }> {
  const arrived = Promise.withResolvers<ServerResponse>();
  const server = createServer((_, response) => arrived.resolve(response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => {});
  client.pause();
  client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const response = await arrived.promise;
  let count = 0;
  const stream = new EventStream(response, { keepAliveMs: 60_000, sendBufferBytes: 100_000, ...options }, () => count++);
  ends.push(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { stream, response, client, closed: () => count };
}

const message = Buffer.from(JSON.stringify({ text: "x".repeat(4_096) }));

it("drops what may be dropped for a client that does not read, and keeps to its buffer", async () => {
  const { stream, response } = await open();
  let sent = 0;
  for (let count = 0; count < 100_000; count++) if (stream.send(message, true)) sent++;
  expect(sent).toBeLessThan(5_000);
  expect(response.writableLength).toBeLessThan(110_000);
  expect(response.destroyed).toBe(false);
});

it("ends a client that does not take what may not be dropped", async () => {
  const { stream, response, closed } = await open();
  while (stream.send(message, true)) continue;
  expect(stream.send(message, false)).toBe(false);
  await until(() => closed() === 1);
  expect(response.destroyed).toBe(true);
  expect(stream.send(message, true)).toBe(false);
});

it("sends the answer, however much waits", async () => {
  const { stream, client, closed } = await open();
  while (stream.send(message, true)) continue;
  stream.end(Buffer.from('{"the":"answer"}'));
  let text = "";
  client.on("data", (chunk) => (text += chunk.toString()));
  client.resume();
  await until(() => text.includes('data: {"the":"answer"}'));
  await until(() => closed() === 1);
});

it("gives signs of life, but not to one who does not read", async () => {
  const { stream, response } = await open({ keepAliveMs: 5 });
  while (stream.send(message, true)) continue;
  const full = response.writableLength;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(response.writableLength).toBeLessThanOrEqual(full);
});
