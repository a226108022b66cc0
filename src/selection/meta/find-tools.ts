/** `find_tools`: what a model is not shown, it finds by saying what it needs. */

import type { Body } from "../../base/body.ts";
import type { Answer, Call } from "../../base/call.ts";
import { ToolyardError } from "../../base/errors.ts";
import { stringOr, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { Item, Snapshot } from "../../catalog/item.ts";
import type { Found } from "../finder.ts";
import { textResult, type OwnContext, type OwnTool, type Surface } from "../own-tool.ts";
import { serversText } from "./servers.ts";
import { aboutOf, oneLine, shortened, signatureOf } from "./signature.ts";

export interface FindParts {
  /** The tools that fit best, best first. */
  find(query: string, limit: number, visible: Snapshot): Promise<readonly Found[]>;
  /** May `read_tool` call it? */
  mayRead(item: Item): boolean;
  /** Servers that should be there and are not, in words. */
  missing(): readonly string[];
  /** Characters for what it says of the servers. */
  room(): number;
}

const MOST_QUERIES = 8;
const LONGEST_QUERY = 400;
/** Hits of one query, and of each of several. */
const ALONE = 10;
const EACH = 8;
/** Characters of one answer. */
const ROOM = 12_000;

export class FindTools implements OwnTool {
  readonly name = "find_tools";
  readonly #parts: FindParts;

  constructor(parts: FindParts) {
    this.#parts = parts;
  }

  isShownOn(surface: Surface): boolean {
    return surface === "search";
  }

  definition(snapshot: Snapshot): JsonObject {
    const servers = serversText(snapshot, this.#parts.room());
    const about = servers === "" ? "" : ` The servers, each with its own words of what it is for:\n${servers}`;
    return {
      name: this.name,
      title: "Find tools",
      description: `Finds tools that are not listed here, by what you want to do. Gives their names and parameters; call them with call_tool. Several queries at once are one call.${about}`,
      inputSchema: {
        type: "object",
        properties: {
          queries: {
            type: "array",
            items: { type: "string" },
            minItems: 1,
            maxItems: MOST_QUERIES,
            description: 'One for each thing to be done, in plain words, such as "open an issue in a repository".',
          },
        },
        required: ["queries"],
      },
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    };
  }

  async call(args: Body, call: Call, context: OwnContext): Promise<Answer> {
    const queries = queriesIn(args.get("queries") ?? args.get("query"));
    const visible = await context.settled();
    const limit = queries.length === 1 ? ALONE : EACH;
    const found = await Promise.all(queries.map((query) => this.#parts.find(query, limit, visible)));
    return textResult(this.#text(merged(found)), call);
  }

  #text(items: readonly Item[]): string {
    const missing = this.#parts.missing().map((each) => `Not there now: ${each}`);
    if (items.length === 0) return ["No tool fits. Try other words, or fewer.", ...missing].join("\n");
    const lines = withinRoom(items.map((item) => this.#line(item)));
    const left = items.length - lines.length;
    const more = left > 0 ? [`(${left} more; ask for less at once.)`] : [];
    return [...lines, ...more, "Full parameters: describe_tool. Call: call_tool({ name, arguments }).", ...missing].join("\n");
  }

  #line(item: Item): string {
    const about = aboutOf(item.definition);
    return `- ${signatureOf(item.definition)}${this.#parts.mayRead(item) ? " [read-only]" : ""}${about === "" ? "" : ` – ${about}`}`;
  }
}

/** @throws INVALID_ARGUMENTS */
function queriesIn(value: JsonValue | undefined): string[] {
  const given = Array.isArray(value) ? value : [value];
  const queries = given.map((query) => shortened(oneLine(stringOr(query) ?? ""), LONGEST_QUERY)).filter((query) => query !== "");
  if (queries.length > 0) return [...new Set(queries)].slice(0, MOST_QUERIES);
  throw new ToolyardError("INVALID_ARGUMENTS", "`queries` must be a list of texts.", {
    mend: 'Such as { "queries": ["send a message"] }.',
  });
}

/** Each tool once: the best of every query, then the second best, and so on. */
function merged(found: readonly (readonly Found[])[]): Item[] {
  const most = Math.max(0, ...found.map((hits) => hits.length));
  const ranks = Array.from({ length: most }, (_, rank) => found.flatMap((hits) => hits[rank]?.item ?? []));
  return [...new Set(ranks.flat())];
}

function withinRoom(lines: readonly string[]): string[] {
  let left = ROOM;
  const end = lines.findIndex((line) => (left -= line.length + 1) < 0);
  return lines.slice(0, end === -1 ? lines.length : Math.max(1, end));
}
