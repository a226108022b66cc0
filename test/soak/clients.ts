/** Clients of both eras over both carriers. Each lives for a while, calls with words that nobody else uses, and leaves, often without goodbye. */

import type { Gateway } from "../faults/gateway.ts";
import { HttpFailure, type HttpClient } from "../support/http-client.ts";
import { textOf, type WireMessage } from "../support/inbox.ts";
import type { LineClient } from "../support/line-client.ts";
import { pause } from "../support/wait.ts";
import type { Random } from "./random.ts";
import type { Span, Tally } from "./tally.ts";

type Client = (HttpClient | LineClient) & AsyncDisposable;

export interface Crowd {
  readonly gateway: Gateway;
  readonly servers: readonly string[];
  readonly tally: Tally;
  readonly random: Random;
  /** Aborted: whoever is there finishes and leaves. */
  readonly ending: AbortSignal;
}

/** Beyond the longest time that a call may take, by far: then it is lost. */
const LOST_MS = 60_000;
const LANES = 2;
let nonces = 0;

/** One place in the crowd: a client after the other. */
export async function occupy(crowd: Crowd, carrier: "http" | "stdio", era: "legacy" | "modern"): Promise<void> {
  while (!crowd.ending.aborted) {
    const client = await open(crowd.gateway, carrier, era);
    const leaving = new AbortController();
    const lanes = Array.from({ length: LANES }, () => callOn(client, crowd, leaving.signal));
    await rest(crowd.random.between(5_000, 40_000), crowd.ending);
    const vanishes = crowd.random.chance(0.5) && !crowd.ending.aborted;
    leaving.abort();
    if (!vanishes) await Promise.all(lanes);
    await client[Symbol.asyncDispose]();
    await Promise.all(lanes);
  }
}

async function open(gateway: Gateway, carrier: "http" | "stdio", era: "legacy" | "modern"): Promise<Client> {
  if (carrier === "http") return await gateway.client({ era });
  const client = gateway.home.stdio([], { era });
  if (era === "legacy") await client.handshake();
  return client;
}

/** Calls, one after the other, until the client leaves. */
async function callOn(client: Client, crowd: Crowd, leaving: AbortSignal): Promise<void> {
  const { random } = crowd;
  while (!leaving.aborted) {
    await rest(random.between(20, 200), leaving);
    if (random.chance(0.04)) await list(client, crowd, leaving);
    else await call(client, crowd, leaving, random.pick(crowd.servers));
  }
}

async function list(client: Client, { tally }: Crowd, leaving: AbortSignal): Promise<void> {
  try {
    const { result } = await client.request("tools/list", {}, { deadlineMs: LOST_MS });
    if (!Array.isArray(result?.tools)) tally.note("a list without tools");
  } catch (error) {
    if (!leaving.aborted) tally.note(`a list was lost: ${String(error)}`);
  }
}

async function call(client: Client, { tally, random }: Crowd, leaving: AbortSignal, server: string): Promise<void> {
  const nonce = `n${++nonces}`;
  const startedAt = performance.now();
  const span = (): Span => ({ server, startedAt, endedAt: performance.now() });
  const long = random.chance(0.05);
  const token = `token of ${nonce}`;
  const args = long ? { steps: 5, ms: 30 } : { nonce };
  const wanted = long ? "5 steps" : `${server} ${nonce}`;
  try {
    const options = { deadlineMs: LOST_MS, ...(long ? { meta: { progressToken: token } } : {}) };
    const answer = await client.call(`${server}__${long ? "progress" : "nonce"}`, args, options);
    judge(answer, wanted, span(), tally);
    client.inbox.messages.length = 0; // hours of them would fill our own memory
  } catch (error) {
    if (leaving.aborted) return tally.left(span());
    if (error instanceof HttpFailure) tally.note(`HTTP ${error.status} for ${server}: ${error.body}`);
    else tally.note(`lost: ${nonce} of ${server}: ${String(error)}`);
  }
}

function judge(answer: WireMessage, wanted: string, span: Span, tally: Tally): void {
  const text = textOf(answer);
  if (text === wanted) return tally.good(span);
  const data = answer.error?.data;
  const code = typeof data === "object" && data !== null && "code" in data ? String(data.code) : /\[([A-Z_]+)\]/.exec(text)?.[1];
  if (code !== undefined) return tally.failed(span, code, text);
  tally.note(/\bn\d+\b/.test(text) ? `crossed: wanted ${wanted}, got ${text}` : `strange: wanted ${wanted}, got ${text}`);
}

/** Waits, or not, when it is time to leave. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + ms;
  while (!signal.aborted && performance.now() < end) await pause(Math.min(200, Math.max(1, end - performance.now())));
}
