/** A gateway over servers inside this process, for the tests of this room. */

import { randomBytes } from "node:crypto";
import { tempDir } from "../../test/support/fixture.ts";
import { HttpClient, type HttpClientOptions } from "../../test/support/http-client.ts";
import type { LocalContext } from "../config/config.ts";
import type { ServerInput } from "../config/input.ts";
import { openToolyard, type OpenOptions } from "../open.ts";
import type { Toolyard } from "../toolyard.ts";
import { openGateway, type Gateway, type GatewayOptions } from "./http.ts";

type Args = Record<string, unknown>;

/** What the demo server's tools have met. */
export class Witness {
  /** Arguments of every call of `wait` that has begun. */
  readonly begun: Args[] = [];
  /** Arguments of every call of `wait` that was cancelled. */
  readonly cancelled: Args[] = [];
  #release: () => void = () => {};
  #gate: Promise<void> = new Promise((resolve) => (this.#release = resolve));

  /** Lets every call of `wait` end. */
  release(): void {
    this.#release();
  }

  /** Begins, then ends by {@link Witness.release} or its cancel. */
  async wait(args: Args, { signal }: LocalContext): Promise<string> {
    this.begun.push(args);
    const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    void aborted.then(() => this.cancelled.push(args));
    await Promise.race([this.#gate, aborted]);
    return `waited ${JSON.stringify(args)}`;
  }
}

const schema = (properties: Args): Args => ({ type: "object", properties });

/** `echo`, `wait`, `count {steps}` (progress), `big {bytes}`, `region` (x-mcp-header). */
function demoServer(witness: Witness): ServerInput {
  const tools = [
    { name: "echo", description: "Gives back.", inputSchema: schema({ text: {} }), call: ({ text }: Args) => String(text) },
    {
      name: "wait",
      description: "Waits.",
      inputSchema: schema({}),
      call: (args: Args, context: LocalContext) => witness.wait(args, context),
    },
    { name: "count", description: "Counts.", inputSchema: schema({ steps: {} }), call: count },
    { name: "big", description: "Is large.", inputSchema: schema({ bytes: {} }), call: ({ bytes }: Args) => "x".repeat(Number(bytes)) },
    {
      name: "region",
      description: "Has a header.",
      inputSchema: schema({ region: { type: "string", "x-mcp-header": "Region" } }),
      call: ({ region }: Args) => String(region),
    },
  ];
  return { tools };
}

async function count({ steps, text = "" }: Args, { progress }: LocalContext): Promise<string> {
  for (let step = 1; step <= Number(steps); step++) {
    progress(step, Number(steps), String(text));
    if (step % 100 === 0) await new Promise(setImmediate);
  }
  return "counted";
}

export interface TestGateway extends AsyncDisposable {
  readonly yard: Toolyard;
  readonly gateway: Gateway;
  readonly witness: Witness;
  /** A client of it. @param path below `/mcp` */
  client(options?: HttpClientOptions, path?: string): HttpClient;
  /** A legacy client that has shaken hands. */
  legacy(options?: HttpClientOptions & { readonly version?: string }, path?: string): Promise<HttpClient>;
  modern(options?: HttpClientOptions, path?: string): HttpClient;
}

export interface TestOptions {
  readonly servers?: Record<string, ServerInput>;
  /** Further sections of the configuration. */
  readonly config?: Record<string, unknown>;
  readonly gateway?: Partial<GatewayOptions>;
  readonly open?: OpenOptions;
}

/** A gateway with the server `demo`; all of it ends with its owner. */
export async function testGateway({ servers = {}, config = {}, gateway: options = {}, open = {} }: TestOptions = {}): Promise<TestGateway> {
  const folder = tempDir();
  const witness = new Witness();
  const paths = { config: folder.path, cache: folder.file("cache"), state: folder.file("state"), runtime: folder.file("run") };
  const yard = await openToolyard(
    { mcpServers: { demo: demoServer(witness), ...servers }, ...config },
    { clientsAnswer: true, ...open, paths },
  );
  const gateway = await openGateway(yard, { host: "127.0.0.1", port: 0, key: randomBytes(32), ...options });
  const clients: HttpClient[] = [];
  const client: TestGateway["client"] = (clientOptions, path = "") => {
    const made = new HttpClient(gateway.url + path, clientOptions);
    clients.push(made);
    return made;
  };
  return {
    yard,
    gateway,
    witness,
    client,
    async legacy({ version, ...clientOptions } = {}, path) {
      const made = client(clientOptions, path);
      await made.handshake(version);
      return made;
    },
    modern: (clientOptions, path) => client({ ...clientOptions, era: "modern" }, path),
    async [Symbol.asyncDispose]() {
      witness.release();
      await Promise.all(clients.map((each) => each[Symbol.asyncDispose]()));
      await gateway.close();
      await yard.close();
      folder[Symbol.dispose]();
    },
  };
}
