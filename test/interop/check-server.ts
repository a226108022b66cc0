/** One server behind the gateway: what it lists, and whether clients of both eras can call it. */

import type { Gateway } from "../faults/gateway.ts";
import { textOf } from "../support/inbox.ts";
import type { Server } from "./servers.ts";

export interface Checked {
  readonly server: Server;
  /** Revision, or why it is not there. */
  readonly speaks: string;
  readonly tools: number;
  readonly prompts: number;
  readonly resources: number;
  /** By a legacy and by a modern client; undefined where nothing is called. */
  readonly calls?: readonly { readonly ok: boolean; readonly note: string }[];
  readonly note: string;
}

/** The first start of a browser takes a while, in ms. */
const CALL_MS = 60_000;

export async function checkServer(server: Server, gateway: Gateway, scratch: string): Promise<Checked> {
  const { state, reason, tools, protocolVersion = "–" } = await gateway.server(server.key);
  const speaks = state === "ready" ? protocolVersion : `✗ ${state}: ${reason ?? ""}`;
  await using client = await gateway.client({}, `/mcp/server/${server.key}`);
  const count = async (list: string): Promise<number> => {
    const { result } = await client.request(`${list}/list`);
    return (result?.[list] as unknown[] | undefined)?.length ?? 0;
  };
  const lists = { tools, prompts: await count("prompts"), resources: await count("resources") };
  const base = { server, speaks, ...lists, note: server.note ?? "" };
  const { call } = server;
  if (call === undefined) return base;
  const calls = [];
  for (const era of ["legacy", "modern"] as const) calls.push(await called(gateway, server.key, era, call(scratch, era)));
  return { ...base, calls };
}

type Wanted = NonNullable<ReturnType<NonNullable<Server["call"]>>>;

async function called(
  gateway: Gateway,
  key: string,
  era: "legacy" | "modern",
  { tool, args, says }: Wanted,
): Promise<{ ok: boolean; note: string }> {
  await using client = await gateway.client({ era });
  const name = `${key}__${tool}`;
  const headers = era === "modern" ? { "mcp-name": name } : {};
  const answer = await client.call(name, args as Record<string, never>, { deadlineMs: CALL_MS, headers });
  const text = answer.result === undefined ? JSON.stringify(answer) : textOf(answer);
  return { ok: text.includes(says) && answer.result?.["isError"] !== true, note: text.slice(0, 100) };
}
