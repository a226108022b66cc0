/**
 * `call_tool` and `read_tool`: a call of a tool that a model is not shown. It goes the way of every call, by the same rules, and
 * its answer comes back as it is.
 */

import { Body } from "../../base/body.ts";
import type { Answer, Call } from "../../base/call.ts";
import { ToolyardError } from "../../base/errors.ts";
import { objectOr, stringOr, type JsonObject } from "../../base/json.ts";
import type { Item } from "../../catalog/item.ts";
import { ownResult, type OwnContext, type OwnTool, type Surface } from "../own-tool.ts";
import { faultsIn } from "./arguments.ts";
import { lookUp, unknownText } from "./look-up.ts";

/** The own tools that call others. */
const CALLERS: ReadonlySet<string> = new Set(["call_tool", "read_tool"]);

/** What the params of a `tools/call` are about in the end: the tool itself, or the one that is called through another. */
export function calledIn(params: Body): string | undefined {
  const name = stringOr(params.get("name"));
  if (name === undefined || !CALLERS.has(name)) return name;
  return stringOr(params.member("arguments")?.get("name"));
}

const inputSchema: JsonObject = {
  type: "object",
  properties: {
    name: { type: "string", description: "The tool's name, as find_tools gives it." },
    arguments: { type: "object", description: "The tool's own arguments." },
  },
  required: ["name"],
};

export class CallTool implements OwnTool {
  readonly name: string = "call_tool";

  isShownOn(surface: Surface): boolean {
    return surface === "search";
  }

  definition(): JsonObject {
    return {
      name: this.name,
      title: "Call a tool",
      description: "Calls a tool that find_tools has named, with its own arguments, and gives back its result.",
      inputSchema,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    };
  }

  async call(args: Body, call: Call, context: OwnContext): Promise<Answer> {
    const name = stringOr(args.get("name"));
    if (name === undefined)
      throw new ToolyardError("INVALID_ARGUMENTS", "`name` must be the name of a tool.", { mend: "find_tools gives it." });
    const { item, snapshot } = await lookUp(name, context);
    if (item === undefined) return failure(unknownText(name, snapshot), call);
    const refusal = this.refuse(item);
    if (refusal !== undefined) return failure(refusal, call);
    const passed = passedOn(args.member("arguments"));
    const faults = faultsIn(passed.object, item.definition["inputSchema"]);
    if (faults.length > 0) return failure(argumentsText(item, faults), call);
    return await context.request({ ...call, params: call.params.with({ name, arguments: passed }) });
  }

  /** Why this tool is not called in this way; undefined where it is. */
  protected refuse(_item: Item): string | undefined {
    return undefined;
  }
}

/** Reaches only what changes nothing, by the word of a server that is trusted in that: so a host may allow it once for all. */
export class ReadTool extends CallTool {
  override readonly name: string = "read_tool";
  readonly #parts: { mayRead(item: Item): boolean; isOfUse(): boolean };

  /** @param parts `mayRead`: whether a tool changes nothing; `isOfUse`: whether there may be any such tool */
  constructor(parts: { mayRead(item: Item): boolean; isOfUse(): boolean }) {
    super();
    this.#parts = parts;
  }

  override isShownOn(surface: Surface): boolean {
    return surface === "search" && this.#parts.isOfUse();
  }

  override definition(): JsonObject {
    return {
      name: this.name,
      title: "Call a read-only tool",
      description: "As call_tool, but only for tools that find_tools marks [read-only]: they change nothing.",
      inputSchema,
      annotations: { readOnlyHint: true, openWorldHint: true },
    };
  }

  protected override refuse(item: Item): string | undefined {
    return this.#parts.mayRead(item) ? undefined : `"${item.name}" is not marked [read-only]; call it with call_tool.`;
  }
}

/** Some models write the arguments as a text. */
function passedOn(given: Body | undefined): Body {
  if (given === undefined) return Body.empty;
  if (given.isObject) return given;
  const text = stringOr(given.value);
  const parsed = text === undefined ? undefined : objectIn(text);
  if (parsed === undefined) throw new ToolyardError("INVALID_ARGUMENTS", "`arguments` must be an object.");
  return parsed;
}

function objectIn(text: string): Body | undefined {
  try {
    const body = Body.of(JSON.parse(text));
    return body.isObject ? body : undefined;
  } catch {
    return undefined;
  }
}

function argumentsText({ name, definition }: Item, faults: readonly string[]): string {
  return `The arguments do not fit: ${faults.slice(0, 10).join(" ")}\nArguments of ${name}: ${JSON.stringify(objectOr(definition["inputSchema"]))}`;
}

function failure(text: string, call: Call): Answer {
  return ownResult({ content: [{ type: "text", text }], isError: true }, call);
}
