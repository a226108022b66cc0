/** Everything that a server offers, read page by page. */

import { Body } from "../base/body.ts";
import { toToolyardError, ToolyardError } from "../base/errors.ts";
import { objectOr, type JsonObject } from "../base/json.ts";
import type { Connection } from "./connection.ts";
import type { RawLists } from "./raw-lists.ts";

export interface ListOptions {
  readonly listMs: number;
  /** Pages that are read at the most. */
  readonly pages: number;
  /** Told of what is odd but harmless. */
  notice(text: string): void;
}

/**
 * @throws what the connection throws, or SERVER_PROTOCOL, when the tools cannot be listed; prompts and resources
 * that cannot be are taken as none
 */
export async function fetchLists(connection: Connection, options: ListOptions): Promise<RawLists> {
  const { capabilities = {}, instructions } = connection.spoken ?? { instructions: undefined };
  const has = (name: string): boolean => capabilities[name] !== undefined;
  const optional = (method: string, key: string, offered: boolean): Promise<unknown[]> =>
    offered ? allPages(connection, method, key, options).catch((error: unknown) => noneOf(key, error, options)) : Promise.resolve([]);
  const [tools, prompts, resources, templates] = await Promise.all([
    has("tools") ? allPages(connection, "tools/list", "tools", options) : [],
    optional("prompts/list", "prompts", has("prompts")),
    optional("resources/list", "resources", has("resources")),
    optional("resources/templates/list", "resourceTemplates", has("resources")),
  ]);
  return { tools, prompts, resources, templates, instructions, capabilities };
}

async function allPages(connection: Connection, method: string, key: string, options: ListOptions): Promise<unknown[]> {
  const items: unknown[] = [];
  const seen = new Set<unknown>();
  let cursor: unknown;
  for (let page = 0; page < options.pages; page++) {
    const result = await onePage(connection, method, cursor, options);
    const entries = result[key];
    if (!Array.isArray(entries)) throw new ToolyardError("SERVER_PROTOCOL", `Its answer to ${method} has no list "${key}".`);
    items.push(...entries);
    cursor = result["nextCursor"];
    if (typeof cursor !== "string") return items;
    if (seen.has(cursor)) {
      options.notice(`${method} repeats the cursor ${JSON.stringify(cursor)}; reading stopped there`);
      return items;
    }
    seen.add(cursor);
  }
  options.notice(`${method} has more than ${options.pages} pages; the rest is left out`);
  return items;
}

async function onePage(connection: Connection, method: string, cursor: unknown, { listMs }: ListOptions): Promise<JsonObject> {
  const params = typeof cursor === "string" ? Body.of({ cursor }) : Body.empty;
  const answer = await connection.request({ method, params, limits: { quietMs: listMs, totalMs: listMs } });
  if (answer.error !== undefined) throw new ToolyardError("SERVER_PROTOCOL", `It answered ${method} with: ${answer.error.message}`);
  return objectOr(answer.result.value);
}

/** Servers announce what they do not have (-32601); that costs nobody anything. */
function noneOf(key: string, error: unknown, options: ListOptions): unknown[] {
  const failure = toToolyardError(error);
  if (failure.code !== "SERVER_PROTOCOL") throw failure;
  options.notice(`its ${key} cannot be listed and are left out: ${failure.message}`);
  return [];
}
