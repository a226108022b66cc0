/** One entry of `mcpServers`: from what stands there to a {@link ServerConfig}, or to what is wrong with it. */

import { isObject } from "../../base/json.ts";
import type { ServerConfig, Timeouts, ToolRules, Transport } from "../config.ts";
import { Expander } from "../values/expander.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Lookup } from "../values/interpolate.ts";
import { checkLocalTools, localToolsOf } from "./local-tools.ts";
import { namespaceOf } from "./namespace.ts";
import { inOurWords, type Problem, problemsOf } from "../problems.ts";
import { serverSchema, type ServerShape } from "../schema/server.ts";
import type { TimeoutsShape } from "../schema/timeouts.ts";
import { type Folders, rootsOf, transportOf } from "./transport.ts";

/** What reading an entry needs beside the entry. */
export interface EntryContext {
  readonly placeholders: Lookup | "literal";
  readonly folders: Folders;
  readonly fingerprintKey: string | Uint8Array | undefined;
}

export type EntryRead =
  | { readonly server: ServerConfig; readonly problems?: undefined }
  | { readonly server?: undefined; readonly problems: readonly Problem[] };

export function readEntry(name: string, entry: unknown, context: EntryContext): EntryRead {
  const path = ["mcpServers", name];
  if (!isObject(entry)) return { problems: [{ path, says: "must be an object." }] };
  const functions = localToolsOf(entry);
  const parsed = serverSchema.safeParse(functions === undefined ? entry : { ...entry, tools: {} }, inOurWords);
  if (!parsed.success) return { problems: problemsOf(parsed.error.issues, path) };
  const given: Given = { name, shape: parsed.data, functions };
  const read = build(given, new Expander(path, context.placeholders), context);
  const usable = read.problems === undefined || !isDisabled(given.shape);
  return usable ? read : build(given, new Expander(path, "draft"), context);
}

interface Given {
  readonly name: string;
  readonly shape: ServerShape;
  /** Of an entry given in code: its `tools` that are functions. */
  readonly functions: readonly unknown[] | undefined;
}

/** What an entry says of itself even where the rest of it is wrong; names depend on it. */
export function claimOf(name: string, entry: unknown): { namespace: string; disabled: boolean } {
  const given = isObject(entry) ? entry : {};
  const namespace = typeof given["namespace"] === "string" ? given["namespace"] : namespaceOf(name);
  return { namespace, disabled: given["disabled"] === true || given["enabled"] === false };
}

function isDisabled({ disabled, enabled }: ServerShape): boolean {
  return disabled || !enabled;
}

function build({ name, shape, functions }: Given, expander: Expander, context: EntryContext): EntryRead {
  const { folders, fingerprintKey } = context;
  const transport = functions === undefined ? transportOf(shape, expander, folders) : localTransport(functions, shape, expander);
  const roots = rootsOf(shape, expander, folders.base);
  const timeouts = timeoutsOf(shape.timeouts, expander);
  if (transport === undefined || expander.problems.length > 0) return { problems: expander.problems };
  const { ask, connect, maxInstances, reload, concurrency, cache, instructions } = shape;
  const server: ServerConfig = {
    name,
    transport,
    disabled: isDisabled(shape),
    namespace: shape.namespace ?? namespaceOf(name),
    connect,
    sharing: shape.sharing ?? (transport.kind === "stdio" ? "per-identity" : "shared"),
    maxInstances,
    ask,
    trust: shape.trust === "annotations" ? "annotations" : "none",
    reload,
    timeouts,
    toolTimeouts: new Map(Object.entries(shape.timeouts.tools)),
    concurrency,
    cache,
    tools: rulesOf(shape),
    results: shape.results,
    instructions,
    roots,
    secrets: expander.secrets,
    fingerprint: fingerprint({ transport, roots, ask }, fingerprintKey),
  };
  return { server };
}

function localTransport(functions: readonly unknown[], shape: ServerShape, expander: Expander): Transport | undefined {
  const other = (["command", "url", "serverUrl", "httpUrl"] as const).find((key) => shape[key] !== undefined);
  if (other !== undefined) return expander.fail([other], "stands beside `tools` that are functions.", "Keep one of them.");
  return { kind: "local", tools: checkLocalTools(functions, expander) };
}

function timeoutsOf({ connect, list, call, callMax, idle, tools }: TimeoutsShape, expander: Expander): Timeouts {
  const longest = Math.max(call, ...Object.values(tools));
  if (callMax !== undefined && callMax < longest) {
    expander.fail(["timeouts", "callMax"], "must not be shorter than `call` or one of `tools`, which would never be reached.");
  }
  return { connectMs: connect, listMs: list, callMs: call, callMaxMs: callMax ?? Math.max(600_000, longest), idleMs: idle };
}

function rulesOf({ tools, includeTools, excludeTools, disabledTools }: ServerShape): ToolRules {
  const own = "override" in tools ? tools : { allow: tools, deny: undefined, override: {} };
  return {
    allow: own.allow ?? includeTools ?? ["*"],
    deny: [...(own.deny ?? []), ...(excludeTools ?? []), ...(disabledTools ?? [])],
    override: new Map(Object.entries(own.override)),
  };
}
