/** The endpoints of a gateway: one for everything, one for each toolset, one for each server. */

import { ToolyardError } from "../base/errors.ts";
import type { Toolyard, ViewRules } from "../toolyard.ts";
import { LOCAL, type Principal } from "./auth/caller.ts";
import { Face, type FaceOptions } from "./face.ts";

/** Where a client comes in. */
export interface Endpoint {
  /** As it is named: sessions belong to it. */
  readonly path: string;
  /** What it shows. */
  readonly rules: ViewRules;
}

/**
 * The endpoint of an address: `/mcp`, `/mcp/TOOLSET`, `/mcp/server/NAME`, each also with `?surface=all` or `?surface=search`.
 *
 * @returns undefined for a path that is none
 * @throws ROUTE_UNKNOWN for a surface that there is not
 */
export function endpointOf(address: string): Endpoint | undefined {
  const [path = "", query = ""] = address.split("?", 2);
  const rules = rulesOf(path);
  const surface = new URLSearchParams(query).get("surface");
  if (rules === undefined || surface === null) return rules === undefined ? undefined : { path, rules };
  if (surface === "all" || surface === "search") return { path: `${path}?surface=${surface}`, rules: { ...rules, surface } };
  throw new ToolyardError("ROUTE_UNKNOWN", `There is no surface ${JSON.stringify(surface.slice(0, 40))}.`, {
    mend: "There are all and search.",
  });
}

function rulesOf(path: string): ViewRules | undefined {
  const [root, first, second, ...others] = path.split("/").slice(1);
  if (root !== "mcp" || others.length > 0) return undefined;
  if (first === undefined) return {};
  if (second === undefined) return { toolset: decode(first) };
  return first === "server" ? { server: decode(second) } : undefined;
}

/** What the address says of the surface goes before what the key says. */
function rulesFor({ scope, surface }: Principal, rules: ViewRules): ViewRules {
  return { ...(surface === undefined ? {} : { surface }), ...rules, ...(scope === undefined ? {} : { within: scope }) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export class Faces {
  readonly #yard: Toolyard;
  readonly #options: FaceOptions;
  readonly #faces = new Map<string, { readonly face: Face; readonly rules: ViewRules }>();
  readonly #stop: () => void;

  /** @param left told of a face whose toolset or server is configured no longer, before it is closed */
  constructor(yard: Toolyard, options: FaceOptions, left: (face: Face) => void) {
    this.#yard = yard;
    this.#options = options;
    this.#stop = yard.on("reload", () => this.#check(left));
  }

  /** @throws ROUTE_UNKNOWN when there is no such toolset or server for this caller */
  get({ path, rules }: Endpoint, principal: Principal = LOCAL): Face {
    const id = principal.viewId === "" ? path : `${path} ${principal.viewId}`;
    const present = this.#faces.get(id);
    if (present !== undefined) return present.face;
    const own = rulesFor(principal, rules);
    const face = new Face(this.#yard.view(own), this.#yard.config.limits, this.#options);
    this.#faces.set(id, { face, rules: own });
    return face;
  }

  /** Ends the streams of news, each with its result. */
  quiet(): void {
    for (const { face } of this.#faces.values()) face.quiet();
  }

  close(): void {
    this.#stop();
    for (const { face } of this.#faces.values()) face.close();
  }

  #check(left: (face: Face) => void): void {
    for (const [id, { face, rules }] of this.#faces) {
      if (this.#yard.has(rules)) continue;
      this.#faces.delete(id);
      left(face);
      face.close();
    }
  }
}
