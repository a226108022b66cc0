/** From the name or URI in a request to the one item that it means. Pure: one look-up in the Snapshot. */

import type { Body } from "../base/body.ts";
import { ToolyardError } from "../base/errors.ts";
import { objectOr, stringOr } from "../base/json.ts";
import type { Item, Snapshot } from "../catalog/item.ts";
import { suggestNames } from "../catalog/suggest.ts";
import { matchesTemplate } from "./template.ts";

/** What a request is about. */
export interface Target {
  readonly kind: "tool" | "prompt" | "uri";
  readonly name: string;
}

export interface Resolved {
  readonly server: string;
  readonly item: Item | undefined;
  readonly name: string;
}

/** @throws INVALID_PARAMS when the request names nothing, METHOD_NOT_FOUND when it cannot be about anything */
export function targetOf(method: string, params: Body): Target {
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
      throw new ToolyardError("METHOD_NOT_FOUND", `The method "${method}" is not known here.`);
  }
}

/** @throws UNKNOWN_NAME with the nearest visible names, or with the server that may have it and has not listed anything */
export function resolve(snapshot: Snapshot, target: Target): Resolved {
  if (target.kind === "uri") return resolveUri(snapshot, target.name);
  const item = target.kind === "tool" ? snapshot.tool(target.name) : snapshot.prompt(target.name);
  if (item === undefined) throw unknown(target, target.kind === "tool" ? snapshot.tools : snapshot.prompts, silentOwner(snapshot, target));
  return { server: item.server, item, name: target.name };
}

/** Exact owner, then a template that fits, then the only server that uses the URI's scheme. */
function resolveUri(snapshot: Snapshot, uri: string): Resolved {
  const exact = snapshot.resource(uri) ?? snapshot.templates.find((item) => item.name === uri);
  const item = exact ?? snapshot.templates.find((template) => matchesTemplate(template.name, uri));
  if (item !== undefined) return { server: item.server, item, name: uri };
  const scheme = uri.slice(0, uri.indexOf(":") + 1);
  const owners = new Set(
    [...snapshot.resources, ...snapshot.templates].filter(({ name }) => scheme !== "" && name.startsWith(scheme)).map((it) => it.server),
  );
  const [owner] = owners;
  if (owners.size === 1 && owner !== undefined) return { server: owner, item: undefined, name: uri };
  throw new ToolyardError("UNKNOWN_NAME", `Unknown resource: ${uri}.`, { data: { uri } });
}

/** The server whose name this would be, if it is one of those that have never said what they offer. */
function silentOwner({ sections }: Snapshot, { name }: Target): string | undefined {
  return [...sections.values()].find(({ source, prefix }) => source === "none" && name.startsWith(prefix))?.server;
}

function unknown({ kind, name }: Target, items: readonly Item[], server: string | undefined): ToolyardError {
  const names = items.map((item) => item.name);
  const near = suggestNames(name, names);
  const mend = near.length === 0 ? "List what there is." : `Did you mean ${near.map((it) => `"${it}"`).join(" or ")}?`;
  return new ToolyardError("UNKNOWN_NAME", `Unknown ${kind}: ${name}.`, server === undefined ? { mend } : { mend, server });
}

function completionTarget(params: Body): Target {
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
