/** The answers to list requests, kept as bytes for each Snapshot, and the news that one of them has become another. */

import { isDeepStrictEqual } from "node:util";
import { Body } from "../../base/body.ts";
import type { Caller, Era } from "../../base/call.ts";
import { sha256 } from "../../base/digest.ts";
import { Emitter } from "../../base/emitter.ts";
import { ToolyardError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Item, Snapshot } from "../../catalog/item.ts";
import { META } from "../../era/meta.ts";
import { toolToClient, type CacheHints } from "../../era/results.ts";
import { LATEST_LEGACY, LATEST_MODERN } from "../../era/revisions.ts";
import type { View } from "../../view.ts";
import type { ActiveSet, Missing } from "../../view-source.ts";
import { writeRequest } from "../../wire/envelope.ts";
import { SERVER_INFO, TTL_MS } from "./offer.ts";

export type ListKind = "tools" | "prompts" | "resources";
export type ListMethod = "tools/list" | "prompts/list" | "resources/list" | "resources/templates/list";

/** The member of the result, and what of a Snapshot stands in it. */
const LISTS: Record<ListMethod, { readonly member: string; readonly list: "tools" | "prompts" | "resources" | "templates" }> = {
  "tools/list": { member: "tools", list: "tools" },
  "prompts/list": { member: "prompts", list: "prompts" },
  "resources/list": { member: "resources", list: "resources" },
  "resources/templates/list": { member: "resourceTemplates", list: "templates" },
};

/**
 * Many clients read the first page alone, so there is only one as long as common clients can take it: their stdio
 * transports hold 10 MiB a message. Some 1,800 real tools are 4 MiB.
 */
const PAGE_BYTES = 8 * 1024 * 1024;

interface Page {
  readonly cursor: string | undefined;
  /** The result up to the members that depend on the moment. */
  readonly open: Buffer;
  /** The whole result, when no server is missing. */
  readonly whole: Body;
}

interface ListsEvents {
  /** What this View shows of a kind has changed. */
  changed: ListKind;
}

export class Lists {
  readonly events: Emitter<ListsEvents> = new Emitter();
  readonly #view: View;
  readonly #pageBytes: number;
  readonly #stop: () => void;
  readonly #pages = new Map<string, readonly Page[]>();
  /** The tools of clients that look them up themselves, once there was one, and of the others. */
  readonly #shown = new Map<boolean, ActiveSet>();
  #snapshot: Snapshot;

  /** @param pageBytes size of a page from which on the next entry goes to another one */
  constructor(view: View, pageBytes: number = PAGE_BYTES) {
    this.#view = view;
    this.#pageBytes = pageBytes;
    this.#snapshot = view.snapshot();
    this.#shown.set(false, view.active(false));
    this.#stop = view.on("change", () => this.#renew());
  }

  /**
   * One page. The first list of all waits until servers have had their chance to be in it; who is missing is said.
   *
   * @throws INVALID_PARAMS for a cursor that was not given out for the present list
   */
  async answer(method: ListMethod, cursor: unknown, { era, defers = false }: Pick<Caller, "era" | "defers">): Promise<Body> {
    await this.#view.discovered();
    const page = this.#page(method, cursor, { era, defers });
    const { list } = LISTS[method];
    this.#view.listed(list);
    const missing = this.#view.missing();
    if (missing.length > 0) return Body.from(Buffer.concat([page.open, tail(era, missing)]));
    return era === "legacy" ? page.whole : hinted(page.whole, this.#view.keeping(list));
  }

  close(): void {
    this.#stop();
    this.events.clear();
  }

  #page(method: ListMethod, cursor: unknown, { era, defers }: Required<Pick<Caller, "era" | "defers">>): Page {
    this.#renew();
    const key = `${era} ${method} ${defers}`;
    const entries = (): readonly JsonObject[] => this.#entries(method, era, defers);
    const pages = this.#pages.get(key) ?? pagesOf(method, entries(), era, this.#pageBytes);
    this.#pages.set(key, pages);
    const page = pages.find((each) => each.cursor === (cursor ?? undefined));
    if (page !== undefined) return page;
    throw new ToolyardError("INVALID_PARAMS", "The cursor does not belong to the present list.", { mend: "List again from the start." });
  }

  #entries(method: ListMethod, era: Era, defers: boolean): readonly JsonObject[] {
    if (method !== "tools/list") return this.#snapshot[LISTS[method].list].map((item) => item.definition);
    const shown = this.#shown.get(defers) ?? this.#view.active(defers);
    this.#shown.set(defers, shown);
    return shown.tools.map((tool) => toolToClient(tool, era === "modern" ? LATEST_MODERN : LATEST_LEGACY));
  }

  #renew(): void {
    const before = this.#snapshot;
    const after = this.#view.snapshot();
    this.#snapshot = after;
    const kinds = after === before ? [] : changedKinds(before, after);
    if (this.#showsOthers()) kinds.unshift("tools");
    if (kinds.length > 0) this.#pages.clear();
    for (const kind of kinds) this.events.emit("changed", kind);
  }

  /** Takes the tools that are shown now, and says whether they are others than before. */
  #showsOthers(): boolean {
    let differs = false;
    for (const [defers, before] of this.#shown) {
      const after = this.#view.active(defers);
      if (after === before) continue;
      this.#shown.set(defers, after);
      differs ||= !isDeepStrictEqual(before.tools, after.tools);
    }
    return differs;
  }
}

/** The notification that a list of this kind has changed, the same in both eras. */
export function listChanged(kind: ListKind, params: Body = Body.empty): Buffer {
  return writeRequest(undefined, `notifications/${kind}/list_changed`, params);
}

/** Which lists differ, but for that of the tools. */
function changedKinds(before: Snapshot, after: Snapshot): ListKind[] {
  const differs = (items: (snapshot: Snapshot) => readonly Item[]): boolean => !sameItems(items(before), items(after));
  const kinds: ListKind[] = [];
  if (differs(({ prompts }) => prompts)) kinds.push("prompts");
  if (differs(({ resources }) => resources) || differs(({ templates }) => templates)) kinds.push("resources");
  return kinds;
}

function sameItems(before: readonly Item[], after: readonly Item[]): boolean {
  return before.length === after.length && before.every((item, index) => isDeepStrictEqual(item.definition, after[index]?.definition));
}

function pagesOf(method: ListMethod, entries: readonly JsonObject[], era: Era, pageBytes: number): Page[] {
  const { member } = LISTS[method];
  const parts = cut(
    entries.map((entry) => JSON.stringify(entry)),
    pageBytes,
  );
  const cursors = cursorsOf(method, parts);
  return parts.map((part, index) => {
    const next = cursors[index + 1];
    const open = Buffer.from(`{"${member}":[${part}]${next === undefined ? "" : `,"nextCursor":"${next}"`}`);
    return { cursor: cursors[index], open, whole: Body.from(Buffer.concat([open, tail(era, [])])) };
  });
}

/** The entries of each page, joined. There is always one page. */
function cut(entries: readonly string[], pageBytes: number): string[] {
  const pages: string[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const bytes = Buffer.byteLength(entry) + 1;
    if (size + bytes > pageBytes) {
      pages.push([]);
      size = 0;
    }
    pages.at(-1)?.push(entry);
    size += bytes;
  }
  return pages.length === 0 ? [""] : pages.map((page) => page.join(","));
}

/** The first page has none. The others name the offset and the very list, so that nothing need be remembered. */
function cursorsOf(method: ListMethod, parts: readonly string[]): (string | undefined)[] {
  if (parts.length === 1) return [undefined];
  const version = sha256(`${method} ${parts.join(",")}`).slice(0, 32);
  return parts.map((_, index) => (index === 0 ? undefined : Buffer.from(`${index}.${version}`).toString("base64url")));
}

/** A modern result whose parts may be kept for another time, or by others, than is written in it. */
function hinted(whole: Body, { ttlMs, cacheScope }: CacheHints): Body {
  return ttlMs === TTL_MS && cacheScope === "private" ? whole : whole.with({ ttlMs, cacheScope });
}

/** The end of a result: whatever is missing now, and what modern clients need to know. */
function tail(era: Era, missing: readonly Missing[]): Buffer {
  const lacks = missing.length === 0 ? {} : { "toolyard/missing": missing };
  if (era === "legacy") return Buffer.from(missing.length === 0 ? "}" : `,"_meta":${JSON.stringify(lacks)}}`);
  const ttlMs = missing.length === 0 ? TTL_MS : 0;
  const members = { resultType: "complete", ttlMs, cacheScope: "private", _meta: { [META.serverInfo]: SERVER_INFO, ...lacks } };
  return Buffer.from(`,${JSON.stringify(members).slice(1)}`);
}
