/** The tools that are always there. */

import { isObject, type JsonObject } from "../../../../src/base/json.ts";
import { control } from "../control.ts";
import { wait } from "../process.ts";
import { elicit, roots, sample } from "./asking.ts";
import { RawJson, RpcFailure } from "./message.ts";
import { sendProgress } from "./progress.ts";
import type { Request } from "./receive.ts";
import { sendLogs } from "./subscriptions.ts";

type Result = JsonObject | RawJson;

export interface Tool {
  readonly definition: JsonObject;
  readonly run: (args: JsonObject, request: Request) => Result | Promise<Result>;
}

export const text = (value: string): JsonObject => ({ content: [{ type: "text", text: value }] });
const json = (value: unknown): JsonObject => text(JSON.stringify(value) ?? "null");

const STRING = { type: "string" };
const NUMBER = { type: "number" };
const BOOLEAN = { type: "boolean" };

/** @param properties argument schemas; those named in `required` must be given */
function tool(name: string, description: string, properties: JsonObject, run: Tool["run"], more: JsonObject = {}): Tool {
  return { definition: { name, description, inputSchema: { type: "object", properties }, ...more }, run };
}

/** Definition of a tool that returns what it is given. */
export const echoing = (name: string): JsonObject => ({
  name,
  description: `Returns its arguments (${name}).`,
  inputSchema: { type: "object", properties: { text: STRING } },
});

const READ_ONLY = { annotations: { readOnlyHint: true } };
const IDEMPOTENT = { annotations: { idempotentHint: true, destructiveHint: false } };

const ALL: readonly Tool[] = [
  tool("echo", "Returns the text.", { text: STRING }, ({ text: value }) => text(String(value)), READ_ONLY),
  tool("nonce", "Returns the server's name and the nonce.", { nonce: STRING }, ({ nonce }, { server }) =>
    text(`${server.switches.values.name} ${String(nonce)}`),
  ),
  tool("add", "Adds two numbers.", { a: NUMBER, b: NUMBER }, add, {
    ...READ_ONLY,
    outputSchema: { type: "object", properties: { sum: NUMBER }, required: ["sum"] },
  }),
  tool("slow", "Answers after so many milliseconds, unless it is cancelled.", { ms: NUMBER }, slow),
  tool("fail", "Fails as a tool does.", { message: STRING }, ({ message }) => ({ ...text(String(message ?? "it failed")), isError: true })),
  tool("rpc_error", "Fails with a JSON-RPC error.", { code: NUMBER, message: STRING }, rpcError),
  tool("progress", "Reports its progress.", { steps: NUMBER, ms: NUMBER, bytes: NUMBER }, sendProgress),
  tool("write", "Has an effect: grows the counter file.", { text: STRING }, () => text("written")),
  tool("write_idempotent", "Has an effect, and says that twice is harmless.", { text: STRING }, () => text("written"), IDEMPOTENT),
  tool("query", "Runs a query.", { sql: STRING }, ({ sql }, { server }) => text(`${server.switches.values.name} rows for ${String(sql)}`)),
  tool("pid", "The server's process id.", {}, () => text(String(process.pid))),
  tool("env", "The server's environment.", {}, () => json(process.env)),
  tool("process", "Arguments, working directory and state of the server.", {}, (_, { server }) =>
    json({ argv: process.argv.slice(2), cwd: process.cwd(), ...server.state() }),
  ),
  tool("headers", "The HTTP headers of this request.", {}, (_, { connection }) => json(connection.headers)),
  tool("big", "A text of so many bytes.", { bytes: NUMBER }, ({ bytes }) => text("b".repeat(Number(bytes)))),
  tool(
    "blocks",
    "Many content blocks: text, image, audio, link, resource or unknown.",
    { kind: STRING, count: NUMBER, bytes: NUMBER },
    blocks,
  ),
  tool("structured", "Structured content that fits its schema, or not.", { valid: BOOLEAN }, structured, {
    outputSchema: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] },
  }),
  tool("raw", "Answers with exactly these bytes as its result.", { json: STRING, base64: STRING }, raw),
  tool("raw_request", "The bytes of this request, as text.", {}, (_, request) => text(request.raw.toString("utf8"))),
  tool("region", "Takes an argument that HTTP repeats in a header.", { region: { ...STRING, "x-mcp-header": "Region" } }, ({ region }) =>
    text(String(region)),
  ),
  tool("log", "Sends log messages.", { level: STRING, message: STRING, count: NUMBER }, sendLogs),
  tool("elicit", "Asks the user.", { message: STRING, mode: STRING }, elicit),
  tool("sample", "Asks the client's model.", { prompt: STRING }, sample),
  tool("roots", "Asks for the client's roots.", {}, roots),
];

export const TOOLS: ReadonlyMap<string, Tool> = new Map(ALL.map((each) => [String(each.definition["name"]), each]));

export const CONTROL_TOOL: Tool = tool(
  "hostile_control",
  "Changes switches, and acts.",
  { set: { type: "object" }, do: STRING, count: NUMBER, uri: STRING },
  async (args, { server }) => json(await control(server, args)),
);

function add({ a, b }: JsonObject): JsonObject {
  const sum = Number(a) + Number(b);
  return { ...text(String(sum)), structuredContent: { sum } };
}

async function slow({ ms }: JsonObject, { signal }: Request): Promise<JsonObject> {
  await wait(Number(ms), signal);
  return text("done");
}

function rpcError({ code, message }: JsonObject): never {
  throw new RpcFailure(Number(code ?? -32050), String(message ?? "the server's own error"), { detail: "of the server" });
}

function structured({ valid }: JsonObject): JsonObject {
  const structuredContent = valid === false ? { n: "no integer", more: true } : { n: 1 };
  return { ...text(JSON.stringify(structuredContent)), structuredContent };
}

function raw({ json: source, base64 }: JsonObject): RawJson {
  return new RawJson(typeof base64 === "string" ? Buffer.from(base64, "base64") : Buffer.from(String(source)));
}

function blocks({ kind, count, bytes }: JsonObject): JsonObject {
  const data = "A".repeat(Number(bytes ?? 4));
  const block: Record<string, JsonObject> = {
    text: { type: "text", text: data },
    image: { type: "image", mimeType: "image/png", data },
    audio: { type: "audio", mimeType: "audio/wav", data },
    link: { type: "resource_link", uri: "test://linked", name: "linked" },
    resource: { type: "resource", resource: { uri: "test://embedded", mimeType: "text/plain", text: data } },
    unknown: { type: "hologram", data, annotations: { audience: ["user"] } },
  };
  const one = block[String(kind ?? "text")];
  return isObject(one) ? { content: Array.from({ length: Number(count ?? 1) }, () => one) } : { ...text("no such kind"), isError: true };
}
