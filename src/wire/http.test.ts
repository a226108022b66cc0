import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { collect, HttpCarrier, HttpFailure } from "./http.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

async function served(handler: Handler): Promise<{ url: string; carrier: HttpCarrier } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => handler(request, response, Buffer.concat(chunks).toString("utf8")));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const carrier = new HttpCarrier({ connections: 4, env: {} });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp?a=1`,
    carrier,
    async [Symbol.asyncDispose]() {
      carrier.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const request = { method: "POST", headers: { "x-own": "Ünë".normalize("NFC").replaceAll(/[^\x20-\x7e]/g, "?") } } as const;
const signal = (): AbortSignal => new AbortController().signal;

describe("HttpCarrier", () => {
  it.each([0, 10, 16 * 1024, 16 * 1024 + 1, 1_000_000])("sends a body of %i bytes of any kind, whole", async (size) => {
    await using there = await served((_, response, body) => response.end(body));
    const body = Buffer.from("ü".repeat(size / 2));
    const reply = await there.carrier.send({ ...request, url: there.url, body, signal: signal() });
    const collected = await collect(reply.body, 10_000_000);
    expect("bytes" in collected && collected.bytes.equals(body)).toBe(true);
  });

  it("sends host, path, query and its own headers", async () => {
    await using there = await served(({ headers, url }, response) => response.end(JSON.stringify({ headers, url })));
    const reply = await there.carrier.send({ ...request, url: there.url, body: Buffer.from("{}"), signal: signal() });
    const collected = await collect(reply.body, 10_000);
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
    const rest = collect(reply.body, 100);
    abort.abort(new Error("enough"));
    await expect(rest).rejects.toThrow();
    await expect(there.carrier.send({ ...request, url: there.url, signal: abort.signal })).rejects.toThrow("enough");
  });

  it("reads no more of a body than the limit", async () => {
    await using there = await served((_, response) => response.end("x".repeat(5_000)));
    const reply = await there.carrier.send({ ...request, url: there.url, signal: signal() });
    expect(await collect(reply.body, 4_999)).toEqual({ tooLarge: true });
  });
});
