/** The endpoints of a gateway: one for everything, one for each toolset, one for each server. */

import type { Toolyard, ViewRules } from "../toolyard.ts";
import { Face, type FaceOptions } from "./face.ts";

/** The path of an endpoint, and what it shows; undefined for a path that is none. */
export function endpointOf(path: string): ViewRules | undefined {
  const [root, first, second, ...rest] = path.split("/").slice(1);
  if (root !== "mcp" || rest.length > 0) return undefined;
  if (first === undefined) return {};
  if (second === undefined) return { toolset: decode(first) };
  return first === "server" ? { server: decode(second) } : undefined;
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

  /** @throws ROUTE_UNKNOWN when there is no such toolset or server */
  get(path: string, rules: ViewRules): Face {
    const present = this.#faces.get(path);
    if (present !== undefined) return present.face;
    const face = new Face(this.#yard.view(rules), this.#yard.config.limits, this.#options);
    this.#faces.set(path, { face, rules });
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
    for (const [path, { face, rules }] of this.#faces) {
      const { toolsets, servers } = this.#yard.config;
      const { toolset, server } = rules;
      if ((toolset === undefined || toolsets.has(toolset)) && (server === undefined || servers.has(server))) continue;
      this.#faces.delete(path);
      left(face);
      face.close();
    }
  }
}
