/** Who may be asked what, what we offer to clients, and what we declare to servers (spec 2025-11-25: Lifecycle; 2026-07-28: Base protocol). */

import type { Body } from "../base/body.ts";
import type { Era } from "../base/call.ts";
import { isObject, objectOr, type JsonObject, type JsonValue } from "../base/json.ts";

export const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";
export const APPS_EXTENSION = "io.modelcontextprotocol/ui";

const APPS_SETTING: JsonObject = { mimeTypes: ["text/html;profile=mcp-app"] };

/**
 * What a client must have declared to be asked this, shaped as ClientCapabilities (the `data.requiredCapabilities`
 * of error -32021); undefined for what no client can be asked.
 */
export function requiredCapabilities(method: string, params: Body): JsonObject | undefined {
  if (method === "roots/list") return { roots: {} };
  if (method === "elicitation/create") return { elicitation: params.get("mode") === "url" ? { url: {} } : { form: {} } };
  if (method !== "sampling/createMessage") return undefined;
  const usesTools = params.get("tools") !== undefined || params.get("toolChoice") !== undefined;
  return { sampling: usesTools ? { tools: {} } : {} };
}

/** May a client with these capabilities be asked this? */
export function canAsk(capabilities: JsonObject, method: string, params: Body): boolean {
  const required = requiredCapabilities(method, params);
  return required !== undefined && covers(withImpliedForm(capabilities), required);
}

/** `elicitation: {}` stands for forms (spec: Elicitation, Capabilities). */
function withImpliedForm(capabilities: JsonObject): JsonObject {
  const { elicitation } = capabilities;
  const isBare = isObject(elicitation) && elicitation["form"] === undefined && elicitation["url"] === undefined;
  return isBare ? { ...capabilities, elicitation: { ...elicitation, form: {} } } : capabilities;
}

function covers(has: JsonObject, required: JsonObject): boolean {
  return Object.entries(required).every(([key, part]) => {
    const own = Object.hasOwn(has, key) ? has[key] : undefined;
    return isObject(own) && covers(own, objectOr(part));
  });
}

/** What the face that offers something really does, beside passing requests on. */
export interface Served {
  /** Tells its clients of changed lists. */
  readonly listChanged: boolean;
  /** Tells its clients of changed resources. */
  readonly subscribe: boolean;
  /** Carries tasks of this era. */
  readonly tasks: boolean;
}

/**
 * ServerCapabilities for a client: of all that the visible servers offer, what the face can keep. Lists and
 * subscriptions are ours, so they do not depend on what the servers say of them.
 *
 * @param union from {@link unionOf}
 */
export function serverCapabilitiesFor(union: JsonObject, era: Era, served: Served): JsonObject {
  const { tools, prompts, resources, tasks, extensions, ...others } = union;
  const listChanged = served.listChanged ? { listChanged: true } : {};
  const result: JsonObject = { ...others };
  if (tools !== undefined) result["tools"] = { ...listChanged };
  if (prompts !== undefined) result["prompts"] = { ...listChanged };
  if (resources !== undefined) result["resources"] = { ...listChanged, ...(served.subscribe ? { subscribe: true } : {}) };
  if (tasks !== undefined && era === "legacy" && served.tasks) result["tasks"] = { ...objectOr(tasks), list: {} };
  const kept = extensionsKept(extensions, era === "modern" && served.tasks);
  if (kept !== undefined) result["extensions"] = kept;
  return result;
}

/** All that several servers offer, as one; of two settings for the same thing, members are joined and the first value stays. */
export function unionOf(all: Iterable<JsonObject>): JsonObject {
  let union: JsonObject = {};
  for (const capabilities of all) union = join(union, capabilities);
  return union;
}

function join(first: JsonObject, second: JsonObject): JsonObject {
  const joined: JsonObject = { ...second, ...first };
  for (const [key, value] of Object.entries(second)) {
    const own = Object.hasOwn(first, key) ? first[key] : undefined;
    if (isObject(own) && isObject(value)) joined[key] = join(own, value);
  }
  return joined;
}

/** What decides how we present ourselves to one server. */
export interface Toward {
  /** May the server ask at all? The configured `ask`, after sharing is taken into account. */
  readonly asks: boolean;
  /** True where the configuration names roots for this server; they are then ours to tell. */
  readonly hasRoots: boolean;
  /** Capabilities of the one caller for whom this server (legacy) or this request (modern) is; undefined where several share it. */
  readonly caller?: JsonObject | undefined;
  /** True for one modern request: tasks can be relayed there, and nothing announces changed roots. */
  readonly modern?: boolean;
}

/**
 * ClientCapabilities toward a server. A server that several callers share is told of everything that can be
 * relayed to the one who turns out to be asked, but of no roots: a file server replaces its directories by them.
 */
export function clientCapabilitiesToward(toward: Toward): JsonObject {
  const { asks, caller, modern = false } = toward;
  const declared: JsonObject = {};
  if (asks && caller === undefined) Object.assign(declared, { elicitation: { form: {}, url: {} }, sampling: { tools: {} } });
  if (asks && caller !== undefined) Object.assign(declared, pick(caller, ["elicitation", "sampling", "experimental"]));
  const roots = rootsToward(toward);
  if (roots !== undefined) declared["roots"] = roots;
  const extensions = caller === undefined ? { [APPS_EXTENSION]: APPS_SETTING } : extensionsKept(caller["extensions"], modern);
  if (extensions !== undefined) declared["extensions"] = extensions;
  return declared;
}

/** Changes are announced where they are the one caller's, whose connection this is. */
function rootsToward({ asks, hasRoots, caller, modern }: Toward): JsonObject | undefined {
  if (hasRoots) return {};
  const roots = asks ? caller?.["roots"] : undefined;
  if (!isObject(roots)) return undefined;
  return roots["listChanged"] === true && modern !== true ? { listChanged: true } : {};
}

/** What a host has that can answer questions itself. */
export interface Handlers {
  readonly elicit?: unknown;
  readonly sample?: unknown;
  readonly roots?: unknown;
}

/** ClientCapabilities of a host that answers through functions. */
export function capabilitiesOf({ elicit, sample, roots }: Handlers): JsonObject {
  return {
    ...(elicit === undefined ? {} : { elicitation: { form: {}, url: {} } }),
    ...(sample === undefined ? {} : { sampling: { tools: {} } }),
    ...(roots === undefined ? {} : { roots: {} }),
  };
}

function pick(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => isObject(object[key])).map((key) => [key, object[key]]));
}

/** Extensions pass, but for tasks where nobody carries them; undefined where none are left. */
function extensionsKept(extensions: JsonValue | undefined, withTasks: boolean): JsonObject | undefined {
  const { [TASKS_EXTENSION]: tasks, ...kept } = objectOr(extensions);
  if (withTasks && tasks !== undefined) kept[TASKS_EXTENSION] = tasks;
  return Object.keys(kept).length === 0 ? undefined : kept;
}
