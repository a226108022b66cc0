/** `read_result`: what a model was shown a preview of, it reads here. */

import type { Body } from "../base/body.ts";
import type { Answer, Call } from "../base/call.ts";
import type { JsonObject } from "../base/json.ts";
import { ownResult, type OwnTool, type Surface } from "../selection/own-tool.ts";
import { parseQuery, querySchema, type Query } from "./query.ts";
import type { Reading } from "./window.ts";

export interface ReadResultParts {
  /** May there be results to read? */
  isOfUse(surface: Surface): boolean;
  /** @throws RESULT_UNKNOWN, INVALID_ARGUMENTS, STORE_UNAVAILABLE */
  read(query: Query, identity: string): Promise<Reading>;
}

export class ReadResult implements OwnTool {
  readonly name = "read_result";
  readonly #parts: ReadResultParts;

  constructor(parts: ReadResultParts) {
    this.#parts = parts;
  }

  isShownOn(surface: Surface): boolean {
    return this.#parts.isOfUse(surface);
  }

  definition(): JsonObject {
    return {
      name: this.name,
      title: "Read a large result",
      description: "Reads any part of a result that was too large to show: a value, a range of bytes or lines, or what a search finds.",
      inputSchema: querySchema,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    };
  }

  async call(args: Body, call: Call): Promise<Answer> {
    const { text, about } = await this.#parts.read(parseQuery(args), call.caller.identity);
    const blocks = text === "" ? [about] : [text, about];
    return ownResult({ content: blocks.map((each) => ({ type: "text", text: each })) }, call);
  }
}
