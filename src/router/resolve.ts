/** From the name or URI in a request to the one item that it means, or to the one server that knows its method. Pure: one look-up in the Snapshot. */

import type { Body } from "../base/body.ts";
import type { Call, Origin } from "../base/call.ts";
import { ToolyardError } from "../base/errors.ts";
import { objectOr, stringOr } from "../base/json.ts";
import { pageOf, unlistedPage } from "../catalog/app.ts";
import type { Item, Section, Snapshot } from "../catalog/item.ts";
import { suggestNames } from "../catalog/suggest.ts";
import { matchesTemplate } from "./template.ts";

/** What a request is about. */
export type Target = Thing | Other | Handle;

interface Thing {
  readonly kind: "tool" | "prompt" | "uri";
  readonly name: string;
}

/** A method that the core of the protocol does not have, and what the request names. */
interface Other {
  readonly kind: "other";
  readonly method: string;
  readonly name: string | undefined;
  readonly uri: string | undefined;
}

/** What a server has given out. */
interface Handle {
  readonly kind: "handle";
  readonly method: string;
  readonly origin: Origin;
}

export interface Resolved {
  readonly server: string;
  readonly item: Item | undefined;
  readonly name: string;
}

type Linked = (uri: string) => string | undefined;

/** @throws INVALID_PARAMS when the request names nothing and should */
export function targetOf({ method, params, origin }: Pick<Call, "method" | "params" | "origin">): Target {
  if (origin !== undefined) return { kind: "handle", method, origin };
  switch (method) {
    case "tools/call":
      return { kind: "tool", name: required(params, "name") };
    case "prompts/get":
      return { kind: "prompt", name: required(params, "name") };
    case "resources/read":
    case "resources/subscribe":
    case "resources/unsubscribe":
      return { kind: "uri", name: required(params, "uri") };
    case "completion/complete":
      return completionTarget(params);
    default:
      return { kind: "other", method, name: stringOr(params.get("name")), uri: stringOr(params.get("uri")) };
  }
}

/**
 * @param linked the server whose results have named a URI to this caller
 * @throws UNKNOWN_NAME with the nearest visible names, or with the server that may have it and has not listed anything;
 * METHOD_NOT_FOUND where no server can be asked an unknown method
 */
export function resolve(snapshot: Snapshot, target: Target, linked: Linked = () => undefined): Resolved {
  if (target.kind === "uri") return resolveUri(snapshot, target.name, linked);
  if (target.kind === "other") return resolveOther(snapshot, target);
  if (target.kind === "handle") return resolveHandle(snapshot, target);
  const item = target.kind === "tool" ? (snapshot.tool(target.name) ?? calledByApp(snapshot, target.name)) : snapshot.prompt(target.name);
  if (item === undefined) throw unknown(target, target.kind === "tool" ? snapshot.tools : snapshot.prompts, silentOwner(snapshot, target));
  return { server: item.server, item, name: target.name };
}

/** Whoever may not see the tool any more has no use for what it gave out. */
function resolveHandle({ tools }: Snapshot, { method, origin: { server, tool } }: Handle): Resolved {
  if (tools.some(({ id }) => id === tool)) return { server, item: undefined, name: method };
  throw new ToolyardError("INVALID_PARAMS", "Unknown task.", { mend: "List the tasks that there are." });
}

/** The page of an App knows the tools of its server by their own names: the only such tool of a server with Apps. */
function calledByApp({ tools }: Snapshot, name: string): Item | undefined {
  const named = tools.filter(({ origin }) => origin === name);
  const owned = named.filter(({ server }) => tools.some((tool) => tool.server === server && pageOf(tool) !== undefined));
  return owned.length === 1 ? owned[0] : undefined;
}

/** The server of what the request names, else the only one with the extension that the method belongs to: `example.com/x` has `example.com/x/do`. */
function resolveOther(snapshot: Snapshot, { method, name = "", uri }: Other): Resolved {
  const item = snapshot.tool(name) ?? snapshot.prompt(name) ?? (uri === undefined ? undefined : itemAt(snapshot, uri));
  if (item !== undefined) return { server: item.server, item, name: method };
  const offers = ({ capabilities }: Section): boolean =>
    Object.keys(objectOr(capabilities["extensions"])).some((extension) => method.startsWith(`${extension}/`));
  const [owner, ...others] = [...snapshot.sections.values()].filter(offers);
  if (owner !== undefined && others.length === 0) return { server: owner.server, item: undefined, name: method };
  throw new ToolyardError("METHOD_NOT_FOUND", `The method "${method}" is not known here.`);
}

/** Exact owner, then a template that fits. */
function itemAt(snapshot: Snapshot, uri: string): Item | undefined {
  const exact = snapshot.resource(uri) ?? snapshot.templates.find((item) => item.name === uri);
  return exact ?? snapshot.templates.find((template) => matchesTemplate(template.name, uri));
}

/** An item, or who has named it in a result or as the page of a tool, or the only server that uses the URI's scheme. */
function resolveUri(snapshot: Snapshot, uri: string, linked: Linked): Resolved {
  const item = itemAt(snapshot, uri);
  if (item !== undefined) return { server: item.server, item, name: uri };
  const tool = toolWithPage(snapshot, uri);
  if (tool?.ownPage !== undefined) return { server: tool.server, item: unlistedPage(tool, uri), name: uri };
  const named = linked(uri) ?? tool?.server;
  if (named !== undefined && snapshot.sections.has(named)) return { server: named, item: undefined, name: uri };
  const scheme = uri.slice(0, uri.indexOf(":") + 1);
  const owners = new Set(
    [...snapshot.resources, ...snapshot.templates].filter(({ name }) => scheme !== "" && name.startsWith(scheme)).map((it) => it.server),
  );
  const [owner] = owners;
  if (owners.size === 1 && owner !== undefined) return { server: owner, item: undefined, name: uri };
  throw new ToolyardError("UNKNOWN_NAME", `Unknown resource: ${uri}.`, { data: { uri } });
}

/** Pages of Apps need not be listed. */
function toolWithPage({ tools }: Snapshot, uri: string): Item | undefined {
  const [first, ...others] = tools.filter((tool) => pageOf(tool) === uri);
  return others.every(({ server }) => server === first?.server) ? first : undefined;
}

/** The server whose name this would be, if it is one of those that have never said what they offer. */
function silentOwner({ sections }: Snapshot, { name }: Thing): string | undefined {
  return [...sections.values()].find(({ source, prefix }) => source === "none" && name.startsWith(prefix))?.server;
}

function unknown({ kind, name }: Thing, items: readonly Item[], server: string | undefined): ToolyardError {
  const names = items.map((item) => item.name);
  const near = suggestNames(name, names);
  const mend = near.length === 0 ? "List what there is." : `Did you mean ${near.map((it) => `"${it}"`).join(" or ")}?`;
  return new ToolyardError("UNKNOWN_NAME", `Unknown ${kind}: ${name}.`, server === undefined ? { mend } : { mend, server });
}

function completionTarget(params: Body): Thing {
  const { type, name, uri } = objectOr(params.get("ref"));
  if (type === "ref/prompt" && typeof name === "string") return { kind: "prompt", name };
  if (type === "ref/resource" && typeof uri === "string") return { kind: "uri", name: uri };
  throw new ToolyardError("INVALID_PARAMS", "`ref` must be a ref/prompt with a name or a ref/resource with a uri.");
}

function required(params: Body, key: string): string {
  const value = stringOr(params.get(key));
  if (value === undefined) throw new ToolyardError("INVALID_PARAMS", `The parameter "${key}" is missing or no string.`);
  return value;
}
