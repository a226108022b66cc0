/** One View's large results: kept, and a preview in their place. */

import type { Answer, Call } from "../base/call.ts";
import { messageOf } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import type { Logger } from "../base/log.ts";
import type { Body } from "../base/body.ts";
import type { Item, Snapshot } from "../catalog/item.ts";
import type { Config } from "../config/config.ts";
import type { ActiveSet } from "../selection/selection.ts";
import type { Surface } from "../selection/own-tool.ts";
import { ReadResult } from "./read-result.ts";
import { isOn, keepsAny, resultsOf, type Use } from "./rules.ts";
import type { SpillStore } from "./store.ts";

export interface SpillingParts {
  readonly store: SpillStore;
  /** Two Views that show the same have the same. */
  readonly view: string;
  /** What comes back goes straight into a model's window. */
  readonly forModel: boolean;
  readonly logger: Logger;
  config(): Config;
  snapshot(): Snapshot;
}

/** Characters of a preview, and bytes of an answer of `read_result`, at the most. */
const PREVIEW = 8_000;
const ANSWER = 32 * 1024;

export class Spilling {
  /** Reads what was kept for this View. */
  readonly tool: ReadResult;
  readonly #parts: SpillingParts;
  readonly #advertised = new WeakMap<ActiveSet, { readonly config: Config; readonly set: ActiveSet }>();

  constructor(parts: SpillingParts) {
    this.#parts = parts;
    const { store, view, config, snapshot } = parts;
    this.tool = new ReadResult({
      isOfUse: (surface) => keepsAny(snapshot(), config(), this.#use(surface)),
      read: (query, identity) => store.read(query, { identity, view }, Math.min(ANSWER, config().results.maxBytes)),
    });
  }

  /** The tools as they may be advertised: who is promised structured content must get it whole (spec: Tools, Output Schema). */
  advertised(set: ActiveSet): ActiveSet {
    const config = this.#parts.config();
    const known = this.#advertised.get(set);
    if (known?.config === config) return known.set;
    const snapshot = this.#parts.snapshot();
    const use = this.#use(set.surface);
    const keeps = (tool: JsonObject): boolean => isOn(resultsOf(itemOf(tool, snapshot), config).spill, use);
    const tools = set.tools.map((tool) => (tool["outputSchema"] !== undefined && keeps(tool) ? withoutOutput(tool) : tool));
    const made = { ...set, tools };
    this.#advertised.set(set, { config, set: made });
    return made;
  }

  /**
   * The same answer, or a preview where its result is too large. What cannot be kept is passed whole. Never rejects.
   *
   * @param surface what the caller is shown; asked only for what is large
   */
  async fit(call: Call, answer: Answer, surface: () => Surface): Promise<Answer> {
    const { config, snapshot } = this.#parts;
    if (answer.result === undefined || !GIVES_RESULT.has(call.method)) return answer;
    const name = call.params.get("name");
    const item = typeof name === "string" ? snapshot().tool(name) : undefined;
    const { spill, maxBytes } = resultsOf(item, config());
    if (spill === "off" || sizeOf(answer.result) <= maxBytes || !isOn(spill, this.#use(surface()))) return answer;
    const result = await this.#kept(answer.result, call, maxBytes, item?.id ?? "a task");
    return result === undefined ? answer : { result };
  }

  /** What the model gets in place of a result; undefined where it cannot be kept, or there is nothing to keep. */
  async #kept(result: Body, { caller }: Call, maxBytes: number, from: string): Promise<Body | undefined> {
    const { store, logger, view } = this.#parts;
    try {
      const owner = { identity: caller.identity, view };
      const kept = await store.keep(result, owner, Math.min(PREVIEW, Math.floor(maxBytes / 2)));
      if (kept === undefined) return undefined;
      return result.with({ content: [...kept.content], ...(kept.structured ? { structuredContent: undefined } : {}) });
    } catch (error) {
      logger.warn(`A large result of ${from} could not be kept, and was passed whole: ${messageOf(error)}`);
      return undefined;
    }
  }

  #use(surface: Surface): Use {
    return { forModel: this.#parts.forModel, surface };
  }
}

const GIVES_RESULT: ReadonlySet<string> = new Set(["tools/call", "tasks/result"]);

function itemOf(tool: JsonObject, snapshot: Snapshot): Item | undefined {
  return typeof tool["name"] === "string" ? snapshot.tool(tool["name"]) : undefined;
}

function withoutOutput({ outputSchema: _, ...tool }: JsonObject): JsonObject {
  return tool;
}

function sizeOf({ parts }: Body): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
