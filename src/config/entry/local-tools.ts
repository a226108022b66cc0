/** A server inside this process: `tools` of an entry given in code. */

import { isObject } from "../../base/json.ts";
import type { LocalTool } from "../config.ts";
import type { Expander } from "../values/expander.ts";

/** The functions of an entry; undefined where its `tools` are something else (rules, or names of another host). */
export function localToolsOf(entry: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  const { tools } = entry;
  return Array.isArray(tools) && tools.some((tool) => typeof tool !== "string") ? tools : undefined;
}

/** The tools once they are known to be right; what is wrong with one is taken down. */
export function checkLocalTools(tools: readonly unknown[], expander: Expander): LocalTool[] {
  const names = new Set<string>();
  for (const [index, tool] of tools.entries()) {
    const fault = faultOf(tool, names);
    if (fault !== undefined) expander.fail(["tools", index], fault);
  }
  return tools.filter(isLocalTool);
}

function faultOf(tool: unknown, names: Set<string>): string | undefined {
  if (!isLocalTool(tool)) return "must be a tool: an object with a `name` and a function `call`.";
  if (names.has(tool.name)) return `has the name of an earlier tool of this server, "${tool.name}".`;
  names.add(tool.name);
  return tool.inputSchema === undefined || isObject(tool.inputSchema) ? undefined : "must have an object as its `inputSchema`.";
}

function isLocalTool(tool: unknown): tool is LocalTool {
  return (
    isObject(tool) && typeof tool["name"] === "string" && tool["name"] !== "" && typeof (tool as { call?: unknown }).call === "function"
  );
}
