/** HTTP as a carrier: one pool of kept-alive connections for one upstream. Knows no MCP. */

import type { Readable } from "node:stream";
import type { Agent, Dispatcher } from "undici";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  /** Lower-case names; of a repeated header the first. */
  header(name: string): string | undefined;
  readonly body: Readable;
}

/** Thrown by {@link HttpCarrier.send} when no answer came. */
export class HttpFailure extends Error {
  /** False where it is certain that no byte of the request was sent. */
  readonly started: boolean;

  constructor(message: string, started: boolean, cause: unknown) {
    super(message, { cause });
    this.started = started;
  }
}

const CONNECT_MS = 5_000;
const NOTHING_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

export class HttpCarrier {
  #agent: Promise<Agent> | undefined;
  readonly #connections: number;

  /** @param connections how many may be open at once */
  constructor(connections: number) {
    this.#connections = connections;
  }

  /** @throws HttpFailure when no answer came; the signal's reason when it aborted. Redirects are not followed. */
  async send({ method, url, headers, body, signal }: HttpRequest): Promise<HttpReply> {
    const target = new URL(url);
    const options = { origin: target.origin, path: target.pathname + target.search, method, headers, body: body ?? null, signal };
    try {
      return toReply(await (await this.#pool()).request(options));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw failureOf(error, target);
    }
  }

  /** Ends every connection, and every answer still coming in. */
  async close(): Promise<void> {
    const agent = await this.#agent?.catch(() => undefined);
    await agent?.destroy();
  }

  #pool(): Promise<Agent> {
    this.#agent ??= openAgent(this.#connections);
    return this.#agent;
  }
}

/** Loaded with the first HTTP server: a start without one need not pay for it. */
async function openAgent(connections: number): Promise<Agent> {
  const undici = await import("undici");
  return new undici.Agent({
    connect: { timeout: CONNECT_MS },
    connections,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 10_000,
  });
}

function toReply(response: Dispatcher.ResponseData): HttpReply {
  response.body.on("error", () => {}); // whoever reads it listens too; whoever throws it away need not
  return {
    status: response.statusCode,
    header(name) {
      const value = response.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body: response.body,
  };
}

function failureOf(error: unknown, target: URL): HttpFailure {
  const { code, message } = error as { code?: string; message?: string };
  const started = !NOTHING_SENT.has(code ?? "");
  return new HttpFailure(`${target.origin}: ${message || code || "no answer"}`, started, error);
}

/** What of a body was read: all of it, or that it is larger than the limit (the rest is thrown away). */
export type Collected = { readonly bytes: Buffer } | { readonly tooLarge: true };

/** Reads a body to its end. Rejects when it breaks off. */
export function collect(body: Readable, limit: number): Promise<Collected> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    body.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      resolve({ tooLarge: true });
      body.destroy();
    });
    body.once("end", () => resolve({ bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) }));
    body.once("error", reject);
    body.once("close", () => reject(new Error("The answer broke off.")));
  });
}
