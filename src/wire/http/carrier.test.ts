import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { collect, HttpFailure, type HttpCarrier } from "./carrier.ts";
import { NodeCarrier } from "./node-carrier.ts";
import { PlainCarrier } from "./plain-carrier.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

interface Served extends AsyncDisposable {
  readonly url: string;
  readonly carrier: HttpCarrier;
  /** Connections that the server has seen. */
  connections(): number;
}

async function serve(handler: Handler, carrier: HttpCarrier): Promise<Served> {
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => handler(request, response, Buffer.concat(chunks).toString("utf8")));
  });
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp?a=1`,
    carrier,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      carrier.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const request = { method: "POST", headers: { "x-own": "Ünë".normalize("NFC").replaceAll(/[^\x20-\x7e]/g, "?") } } as const;
const signal = (): AbortSignal => new AbortController().signal;

describe.each([
  ["node:http", NodeCarrier],
  ["plain", PlainCarrier],
])("the %s carrier", (_name, Carrier) => {
  const served = (handler: Handler): Promise<Served> => serve(handler, new Carrier({ connections: 4, env: {} }));

  it.each([0, 10, 16 * 1024, 16 * 1024 + 1, 1_000_000])("sends a body of %i bytes of any kind, whole", async (size) => {
    await using there = await served((_, response, body) => response.end(body));
    const body = Buffer.from("ü".repeat(size / 2));
    const reply = await there.carrier.send({ ...request, url: there.url, body, signal: signal() });
    const collected = await collect(reply, 10_000_000);
    expect("bytes" in collected && collected.bytes.equals(body)).toBe(true);
  });

  it("sends host, path, query and its own headers", async () => {
    await using there = await served(({ headers, url }, response) => response.end(JSON.stringify({ headers, url })));
    const reply = await there.carrier.send({ ...request, url: there.url, body: Buffer.from("{}"), signal: signal() });
    const collected = await collect(reply, 10_000);
    const seen = JSON.parse("bytes" in collected ? collected.bytes.toString() : "{}") as { headers: Record<string, string>; url: string };
    expect(seen).toMatchObject({ url: "/mcp?a=1", headers: { host: new URL(there.url).host, "content-length": "2", "x-own": "?n?" } });
  });

  it("says that nothing was sent where no connection stands", async () => {
    const there = await served(() => {});
    await there[Symbol.asyncDispose]();
    const failure = await there.carrier.send({ ...request, url: there.url, signal: signal() }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HttpFailure);
    expect(failure).toMatchObject({ started: false });
  });

  it("says that it may have run where the connection breaks afterwards", async () => {
    await using there = await served((incoming) => incoming.socket.destroy());
    const failure = await there.carrier.send({ ...request, url: there.url, signal: signal() }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ started: true });
  });

  it("ends a request when its signal aborts, before the answer and in the middle of it", async () => {
    await using there = await served((_, response) => void response.write("half"));
    const abort = new AbortController();
    const reply = await there.carrier.send({ ...request, url: there.url, signal: abort.signal });
    const rest = collect(reply, 100);
    abort.abort(new Error("enough"));
    await expect(rest).rejects.toThrow();
    await expect(there.carrier.send({ ...request, url: there.url, signal: abort.signal })).rejects.toThrow("enough");
  });

  it("reads no more of a body than the limit", async () => {
    await using there = await served((_, response) => response.end("x".repeat(5_000)));
    const reply = await there.carrier.send({ ...request, url: there.url, signal: signal() });
    expect(await collect(reply, 4_999)).toEqual({ tooLarge: true });
  });

  it("uses a connection again, and no more of them than it may", async () => {
    await using there = await served((_, response, body) => response.end(body));
    const one = async (text: string): Promise<string> => {
      const reply = await there.carrier.send({ ...request, url: there.url, body: Buffer.from(text), signal: signal() });
      const collected = await collect(reply, 100);
      return "bytes" in collected ? collected.bytes.toString() : "";
    };
    for (const text of ["a", "b", "c"]) expect(await one(text)).toBe(text);
    expect(there.connections()).toBe(1);
    const many = Array.from({ length: 40 }, (__, index) => `text ${index}`);
    expect(await Promise.all(many.map(one))).toEqual(many);
    expect(there.connections()).toBe(4);
  });

  it("gives up a request that waits for a connection when its signal aborts", async () => {
    await using there = await served(() => {});
    const running = Array.from({ length: 4 }, () => there.carrier.send({ ...request, url: there.url, signal: signal() }));
    for (const each of running) each.catch(() => {});
    await expect.poll(() => there.connections()).toBe(4);
    const abort = new AbortController();
    const waiting = there.carrier.send({ ...request, url: there.url, signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    there.carrier.close();
    for (const each of running) await expect(each).rejects.toThrow(HttpFailure);
  });

  it("streams what comes, and says when a body broke off", async () => {
    await using there = await served((_, response) => {
      response.write("first");
      setTimeout(() => response.destroy(), 50);
    });
    const reply = await there.carrier.send({ ...request, url: there.url, signal: signal() });
    const pieces: string[] = [];
    const whole = await new Promise((resolve) => reply.read({ data: (piece) => pieces.push(piece.toString()), done: resolve }));
    expect([pieces.join(""), whole]).toEqual(["first", false]);
  });

  it("refuses a header that HTTP cannot carry, before anything is sent", async () => {
    await using there = await served((_, response) => response.end());
    const headers = { "x-own": "a\r\nx-other: b" };
    const failure = await there.carrier.send({ ...request, headers, url: there.url, signal: signal() }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(there.connections()).toBe(0);
  });
});
