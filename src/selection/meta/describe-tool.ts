/** `describe_tool`: everything that its server says of a tool. */

import type { Body } from "../../base/body.ts";
import type { Answer, Call } from "../../base/call.ts";
import { ToolyardError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { without } from "../../era/meta.ts";
import { toolToClient } from "../../era/results.ts";
import { ownResult, type OwnContext, type OwnTool, type Surface } from "../own-tool.ts";
import { lookUp, unknownText } from "./look-up.ts";

const MOST = 10;

export class DescribeTool implements OwnTool {
  readonly name = "describe_tool";

  isShownOn(surface: Surface): boolean {
    return surface === "search";
  }

  definition(): JsonObject {
    return {
      name: this.name,
      title: "Describe tools",
      description: "Gives the whole description and all parameters of tools that find_tools has named.",
      inputSchema: {
        type: "object",
        properties: {
          names: {
            type: "array",
            items: { type: "string" },
            minItems: 1,
            maxItems: MOST,
            description: "Their names, as find_tools gives them.",
          },
        },
        required: ["names"],
      },
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    };
  }

  async call(args: Body, call: Call, context: OwnContext): Promise<Answer> {
    const names = namesIn(args);
    const blocks: JsonObject[] = [];
    let isKnown = false;
    for (const name of names) {
      const { item, snapshot } = await lookUp(name, context);
      isKnown ||= item !== undefined;
      blocks.push({ type: "text", text: item === undefined ? unknownText(name, snapshot) : this.#text(item.definition, call) });
    }
    return ownResult({ content: blocks, ...(isKnown ? {} : { isError: true }) }, call);
  }

  #text(definition: JsonObject, { caller }: Call): string {
    const shown = toolToClient(definition, caller.protocolVersion);
    return JSON.stringify(without(shown, (key) => key === "_meta" || key === "icons"));
  }
}

/** @throws INVALID_ARGUMENTS */
function namesIn(args: Body): string[] {
  const value = args.get("names") ?? args.get("name");
  const names = (Array.isArray(value) ? value : [value]).filter((name) => typeof name === "string");
  if (names.length > 0) return [...new Set(names)].slice(0, MOST);
  throw new ToolyardError("INVALID_ARGUMENTS", "`names` must be a list of names of tools.", { mend: "find_tools gives them." });
}
