/**
 * How we present ourselves: the answers to `initialize` and `server/discover`. Both are given at once, from what is
 * known, and start no server (hosts ask and leave again).
 */

import { Body } from "../../base/body.ts";
import type { Era } from "../../base/call.ts";
import { objectOr, type JsonObject } from "../../base/json.ts";
import { VERSION } from "../../base/version.ts";
import type { Snapshot } from "../../catalog/item.ts";
import { serverCapabilitiesFor, TASKS_EXTENSION, unionOf } from "../../era/capabilities.ts";
import { META, without } from "../../era/meta.ts";
import { eraOf, LATEST_MODERN, MODERN_REVISIONS } from "../../era/revisions.ts";
import { makesTasks } from "../../era/tasks.ts";
import type { View } from "../../view.ts";

export const SERVER_INFO: JsonObject = { name: "toolyard", title: "Toolyard", version: VERSION };

/** How long a modern client may keep a list or a discovery, in ms: our reading of servers that do not say. */
export const TTL_MS = 60_000;

/**
 * What the gateway itself answers. A client asks for capabilities once, while servers come and go, so what is empty
 * today is offered too.
 */
const TASKS_SINCE = "2025-11-25";

const OWN: JsonObject = { tools: {}, prompts: {}, resources: {}, completions: {}, logging: {} };

/** The InitializeResult (spec 2025-11-25: Lifecycle). */
export function initializeResult(view: View, protocolVersion: string): Body {
  const instructions = view.instructions();
  return Body.of({
    protocolVersion,
    capabilities: offeredTo(protocolVersion, view.snapshot()),
    serverInfo: SERVER_INFO,
    ...(instructions === undefined ? {} : { instructions }),
  });
}

/** The DiscoverResult (spec 2026-07-28: Discovery). */
export function discoverResult(view: View): Body {
  const instructions = view.instructions();
  return Body.of({
    resultType: "complete",
    supportedVersions: [...MODERN_REVISIONS],
    capabilities: offeredTo(LATEST_MODERN, view.snapshot()),
    ...(instructions === undefined ? {} : { instructions }),
    ttlMs: view.missing().length === 0 ? TTL_MS : 0,
    cacheScope: "private",
    _meta: { [META.serverInfo]: SERVER_INFO },
  });
}

function offeredTo(version: string, { sections }: Snapshot): JsonObject {
  const union = unionOf([OWN, ...[...sections.values()].map((section) => section.capabilities)]);
  const subscribe = objectOr(union["resources"])["subscribe"] === true;
  return serverCapabilitiesFor(union, eraOf(version), { listChanged: true, subscribe, tasks: version >= TASKS_SINCE });
}

/** Do servers of this era that the client sees make tasks of calls? */
export function offersTasks({ sections }: Snapshot, era: Era): boolean {
  return [...sections.values()].some(({ capabilities }) => makesTasks(era, capabilities));
}

/** A client's capabilities as far as they can be relayed: servers ask no client for tasks of its own, and each era has its own kind of them. */
export function relayable(capabilities: JsonObject, era: Era): JsonObject {
  const own = without(capabilities, (key) => key === "tasks");
  if (own["extensions"] === undefined || era === "modern") return own;
  return { ...own, extensions: without(objectOr(own["extensions"]), (key) => key === TASKS_EXTENSION) };
}
