/** Everything that a server offers, read page by page. */

import { Body } from "../../base/body.ts";
import type { Clock } from "../../base/clock.ts";
import { toToolyardError, ToolyardError } from "../../base/errors.ts";
import { objectOr, type JsonObject } from "../../base/json.ts";
import type { Connection } from "../connection/connection.ts";
import { CAPABILITY_OF, LIST_NAMES, type Keeping, type ListName, type RawLists } from "./raw-lists.ts";

export interface ListOptions {
  readonly clock: Clock;
  readonly listMs: number;
  /** Pages that are read at the most. */
  readonly pages: number;
  /** What it offered when it was read last: it stays where a list cannot be read now. */
  readonly last: RawLists | undefined;
  /** Told of what is odd but harmless. */
  notice(text: string): void;
}

export interface Fetched {
  readonly lists: RawLists;
  /** One of the lists may well be read at another try. */
  readonly incomplete: boolean;
}

/** One list, and (of a modern server) how long it may be kept. */
interface Read {
  readonly items: readonly unknown[];
  readonly keeping?: Keeping;
  /** Not what the server offers now; that may be known at another try. */
  readonly provisional?: boolean;
}

interface Kind {
  readonly method: string;
  /** The member of the result that holds the entries. */
  readonly key: string;
}

const KINDS: Readonly<Record<ListName, Kind>> = {
  tools: { method: "tools/list", key: "tools" },
  prompts: { method: "prompts/list", key: "prompts" },
  resources: { method: "resources/list", key: "resources" },
  templates: { method: "resources/templates/list", key: "resourceTemplates" },
};

/**
 * @throws what the connection throws, or SERVER_PROTOCOL, when the tools cannot be listed; prompts and resources
 * that cannot be are those of the last time, or none
 */
export async function fetchLists(connection: Connection, options: ListOptions): Promise<Fetched> {
  const { capabilities = {}, instructions } = connection.spoken ?? { instructions: undefined };
  const read = async (name: ListName): Promise<Read> => {
    if (capabilities[CAPABILITY_OF[name]] === undefined) return { items: [] };
    const all = allPages(connection, KINDS[name], options);
    return await (name === "tools" ? all : all.catch((error: unknown) => unread(name, error, options)));
  };
  const [tools, prompts, resources, templates] = await Promise.all([read("tools"), read("prompts"), read("resources"), read("templates")]);
  const items = { tools: tools.items, prompts: prompts.items, resources: resources.items, templates: templates.items };
  const lists = { ...items, instructions, capabilities, keeping: keepingOf({ tools, prompts, resources, templates }) };
  return { lists, incomplete: [prompts, resources, templates].some(({ provisional }) => provisional === true) };
}

function keepingOf(all: Readonly<Record<ListName, Read>>): Partial<Record<ListName, Keeping>> {
  return Object.fromEntries(LIST_NAMES.flatMap((name) => (all[name].keeping === undefined ? [] : [[name, all[name].keeping]])));
}

async function allPages(connection: Connection, { method, key }: Kind, options: ListOptions): Promise<Read> {
  const isModern = connection.spoken?.era === "modern";
  const items: unknown[] = [];
  const seen = new Set<unknown>();
  let keeping: Keeping | undefined;
  let cursor: unknown;
  const read = (): Read => (keeping === undefined ? { items } : { items, keeping });
  for (let page = 0; page < options.pages; page++) {
    const result = await onePage(connection, method, cursor, options);
    const entries = result[key];
    if (!Array.isArray(entries)) throw new ToolyardError("SERVER_PROTOCOL", `Its answer to ${method} has no list "${key}".`);
    for (const entry of entries) items.push(entry);
    if (isModern) keeping = shorter(keeping, hintsIn(result, options.clock.now()));
    cursor = result["nextCursor"];
    if (typeof cursor !== "string") return read();
    if (seen.has(cursor)) {
      options.notice(`${method} repeats the cursor ${JSON.stringify(cursor)}; reading stopped there`);
      return read();
    }
    seen.add(cursor);
  }
  options.notice(`${method} has more than ${options.pages} pages; the rest is left out`);
  return read();
}

async function onePage(connection: Connection, method: string, cursor: unknown, { listMs }: ListOptions): Promise<JsonObject> {
  const params = typeof cursor === "string" ? Body.of({ cursor }) : Body.empty;
  const answer = await connection.request({ method, params, limits: { quietMs: listMs, totalMs: listMs } });
  if (answer.error !== undefined) throw new ToolyardError("SERVER_PROTOCOL", `It answered ${method} with: ${answer.error.message}`);
  return objectOr(answer.result.value);
}

/** What is absent or no number of milliseconds is over at once, and what is not called public is private. */
function hintsIn({ ttlMs, cacheScope }: JsonObject, now: number): Keeping {
  const ms = typeof ttlMs === "number" && Number.isSafeInteger(ttlMs) ? Math.max(0, ttlMs) : 0;
  return { until: now + ms, isPrivate: cacheScope !== "public" };
}

/** Each page has its own clock; the list is as fresh as its oldest page. */
function shorter(before: Keeping | undefined, page: Keeping): Keeping {
  if (before === undefined) return page;
  return { until: Math.min(before.until, page.until), isPrivate: before.isPrivate || page.isPrivate };
}

/** What stands for a list that cannot be read. Servers announce what they do not have: that costs nobody anything. */
function unread(name: ListName, error: unknown, { last, notice }: ListOptions): Read {
  const { code, message } = toToolyardError(error);
  if (code !== "SERVER_PROTOCOL" && code !== "CALL_TIMEOUT") throw error;
  const before = last?.[name] ?? [];
  notice(`its ${KINDS[name].key} cannot be listed and ${before.length === 0 ? "are left out" : "stay as they were"}: ${message}`);
  return { items: before, provisional: before.length > 0 || code === "CALL_TIMEOUT" };
}
