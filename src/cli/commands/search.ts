/** `toolyard search QUERY`: the tools that fit a task best, as `find_tools` gives them to a model. */

import type { ToolHit } from "../../host.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../command.ts";
import { ownersIn, type OwnerOf } from "../owners.ts";
import { paint, type Output } from "../terminal/output.ts";
import { waitFor, withYard } from "../yard.ts";

export interface SearchOptions extends CommonOptions {
  readonly toolset?: string;
  readonly limit?: number;
  readonly timeout?: number;
}

const WAIT_MS = 10_000;

export async function run(output: Output, options: SearchOptions, words: readonly string[]): Promise<number> {
  const { toolset, limit, timeout = WAIT_MS } = options;
  const path = toolset === undefined ? "" : `/${encodeURIComponent(toolset)}`;
  return await withYard(
    options,
    async (opened) => {
      const { yard, gateway } = opened;
      const view = yard.view(toolset !== undefined && gateway === undefined ? { toolset } : {});
      await waitFor(opened, timeout);
      const hits = await view.search(words.join(" "), limit === undefined ? {} : { limit });
      print(hits, await ownersIn(opened), output);
      return hits.length === 0 ? EXIT.failed : EXIT.good;
    },
    path,
  );
}

function print(hits: readonly ToolHit[], ownerOf: OwnerOf, output: Output): void {
  if (output.json)
    return output.value(
      hits.map((hit) => ({ ...hit, server: ownerOf(hit.name) ?? hit.server })),
      2,
    );
  if (hits.length === 0) return output.say("No tool fits. Try other words, or fewer.");
  for (const { name, signature, about } of hits) {
    output.data(paint("bold", name), signature.slice(name.length));
    if (about !== "") output.note(about, 2, "stdout");
  }
}
