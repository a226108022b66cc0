/** The tools that are always there. */

import type { JsonObject } from "../../../../src/base/json.ts";
import { control } from "../control.ts";
import { wait } from "../process.ts";
import { elicit, roots, sample } from "./asking.ts";
import { big, blocks, failed, json, raw, structured, text } from "./contents.ts";
import { plain, RpcFailure, type RawJson } from "./message.ts";
import { sendProgress } from "./progress.ts";
import type { Request } from "./request.ts";
import { sendLogs } from "./subscriptions.ts";

type Result = JsonObject | RawJson;

export interface Tool {
  readonly definition: JsonObject;
  readonly run: (args: JsonObject, request: Request) => Result | Promise<Result>;
}

const STRING = { type: "string" };
const NUMBER = { type: "number" };
const BOOLEAN = { type: "boolean" };
const REGION = { ...STRING, "x-mcp-header": "Region" };
const READ_ONLY = { annotations: { readOnlyHint: true } };
const IDEMPOTENT = { annotations: { idempotentHint: true, destructiveHint: false } };
const SUM = { outputSchema: { type: "object", properties: { sum: NUMBER }, required: ["sum"] } };
const INTEGER = { outputSchema: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] } };

function tool(name: string, description: string, properties: JsonObject, run: Tool["run"]): Tool {
  return { definition: { name, description, inputSchema: { type: "object", properties } }, run };
}

function hinted(more: JsonObject, { definition, run }: Tool): Tool {
  return { definition: { ...definition, ...more }, run };
}

/** Definition of a tool that returns what it is given. */
export function echoing(name: string): JsonObject {
  return tool(name, `Returns its arguments (${name}).`, { text: STRING }, () => ({})).definition;
}

const ALL: readonly Tool[] = [
  hinted(
    READ_ONLY,
    tool("echo", "Returns the text.", { text: STRING }, ({ text: value }) => text(plain(value))),
  ),
  tool("nonce", "Returns the server's name and the nonce.", { nonce: STRING }, ({ nonce }, request) =>
    text(`${nameOf(request)} ${plain(nonce)}`),
  ),
  hinted(SUM, tool("add", "Adds two numbers.", { a: NUMBER, b: NUMBER }, add)),
  tool("slow", "Answers after so many milliseconds, unless it is cancelled.", { ms: NUMBER }, slow),
  tool("fail", "Fails as a tool does.", { message: STRING }, ({ message }) => failed(plain(message, "it failed"))),
  tool("rpc_error", "Fails with a JSON-RPC error.", { code: NUMBER, message: STRING }, rpcError),
  tool("progress", "Reports its progress.", { steps: NUMBER, ms: NUMBER, bytes: NUMBER }, sendProgress),
  tool("write", "Has an effect: grows the counter file.", { text: STRING }, () => text("written")),
  hinted(
    IDEMPOTENT,
    tool("write_idempotent", "Has an effect, and says that twice is harmless.", { text: STRING }, () => text("written")),
  ),
  tool("query", "Runs a query.", { sql: STRING }, ({ sql }, request) => text(`${nameOf(request)} rows for ${plain(sql)}`)),
  tool("pid", "The server's process id.", {}, () => text(String(process.pid))),
  tool("env", "The server's environment.", {}, () => json(process.env)),
  tool("process", "Arguments, working directory and state of the server.", {}, processState),
  tool("headers", "The HTTP headers of this request.", {}, (_, { headers }) => json(headers)),
  tool("big", "A text of so many bytes.", { bytes: NUMBER }, big),
  tool("blocks", "Blocks of kind text, image, audio, link, resource or unknown.", { kind: STRING, count: NUMBER, bytes: NUMBER }, blocks),
  hinted(INTEGER, tool("structured", "Structured content that fits its schema, or not.", { valid: BOOLEAN }, structured)),
  tool("raw", "Answers with exactly these bytes as its result.", { json: STRING, base64: STRING }, raw),
  tool("raw_request", "The bytes of this request, as text.", {}, (_, request) => text(request.raw.toString("utf8"))),
  tool("region", "Takes an argument that HTTP repeats in a header.", { region: REGION }, ({ region }) => text(plain(region))),
  tool("log", "Sends log messages.", { level: STRING, message: STRING, count: NUMBER }, sendLogs),
  tool("elicit", "Asks the user.", { message: STRING, mode: STRING }, elicit),
  tool("sample", "Asks the client's model.", { prompt: STRING }, sample),
  tool("roots", "Asks for the client's roots.", {}, roots),
];

export const TOOLS: ReadonlyMap<string, Tool> = new Map(ALL.map((each) => [plain(each.definition["name"]), each]));

const ORDER = { set: { type: "object" }, do: STRING, count: NUMBER, kind: STRING, uri: STRING };
export const CONTROL_TOOL: Tool = tool("hostile_control", "Changes switches, and acts.", ORDER, async (args, { server }) =>
  json(await control(server, args)),
);

function nameOf({ server }: Request): string {
  return server.switches.values.name;
}

function add({ a, b }: JsonObject): JsonObject {
  const sum = Number(a) + Number(b);
  return { ...text(String(sum)), structuredContent: { sum } };
}

async function slow({ ms }: JsonObject, { signal }: Request): Promise<JsonObject> {
  await wait(Number(ms), signal);
  return text("done");
}

function rpcError({ code, message }: JsonObject): never {
  throw new RpcFailure(Number(code ?? -32050), plain(message, "the server's own error"), { detail: "of the server" });
}

function processState(_: JsonObject, { server }: Request): JsonObject {
  return json({ argv: process.argv.slice(2), cwd: process.cwd(), ...server.state() });
}
