/** `tools/call`: finds the tool, counts the call, runs it. */

import { appendFileSync } from "node:fs";
import { isObject, objectOr, type JsonObject } from "../../../../src/base/json.ts";
import { strike } from "../process.ts";
import { text } from "./contents.ts";
import { RawJson, RpcFailure, plain } from "./message.ts";
import { offerOf } from "./offer.ts";
import type { Request } from "./request.ts";
import { CONTROL_TOOL, TOOLS, type Tool } from "./tools.ts";

/** @throws RpcFailure when there is no such tool */
export async function callTool(request: Request): Promise<object> {
  const { server, id, params } = request;
  const { values } = server.switches;
  const name = plain(params["name"]);
  const tool = find(request, name);
  if (tool === undefined) throw new RpcFailure(-32602, `Unknown tool: ${name}`);
  // A call that has been asked for more is counted when it is answered: only then does it have its effect.
  const result = await tool.run(objectOr(params["arguments"]), request);
  if (result instanceof RawJson || result["resultType"] === "input_required") return result;
  if (values.counter !== "") appendFileSync(values.counter, `${name}\n`);
  server.log("executed", { id, name });
  await strike(server, ["executed", `executed:${name}`]);
  return padded(result, values["big-result"]);
}

function find({ server }: Request, name: string): Tool | undefined {
  const { values } = server.switches;
  if (name === CONTROL_TOOL.definition["name"]) return CONTROL_TOOL;
  const standing = TOOLS.get(name) ?? offerOf(server).tools.find(({ definition }) => definition["name"] === name);
  if (standing !== undefined) return standing;
  const extra = values.tool.some((spec) => (spec.startsWith("{") ? JSON.parse(spec).name === name : spec === name));
  const known = extra || /^(tool_\d+|endless_\d+|for_.*|broken_.*|added|echo_renamed)$/.test(name);
  return known ? { definition: { name }, run: (args) => text(`${values.name} ${name} ${JSON.stringify(args)}`) } : undefined;
}

function padded(result: JsonObject, bytes: number): JsonObject {
  const first = Array.isArray(result["content"]) ? result["content"][0] : undefined;
  if (bytes === 0 || !isObject(first) || typeof first["text"] !== "string") return result;
  return { ...result, content: [{ ...first, text: first["text"] + "x".repeat(bytes) }] };
}
