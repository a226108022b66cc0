// The server at the far end of every measurement: hand-written JSON-RPC, so that it is never what is measured.
// JavaScript, not TypeScript: stripping types would add 65 ms to the start of each of its processes.
//
//   node fixture.mjs --http | --stdio  [--name NAME] [--tools N] [--start-delay MS] [--payload BYTES]
//                    [--fault hang-init|hang-call|exit] [--list FILE] [--modern] [--sse]
//
// With --http it prints {"url","pid"} when it listens. Tools: tool_0 … tool_N-1, {text} → "NAME ok TEXT" and the payload.
// With --list it answers tools/list with the bytes of that file as the result, whatever they are. With --modern it speaks
// revision 2026-07-28 alone, with --sse it answers over HTTP with a stream of one event.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    http: { type: "boolean" },
    stdio: { type: "boolean" },
    name: { type: "string", default: "fixture" },
    tools: { type: "string", default: "15" },
    "start-delay": { type: "string", default: "0" },
    payload: { type: "string", default: "0" },
    fault: { type: "string" },
    list: { type: "string" },
    modern: { type: "boolean", default: false },
    sse: { type: "boolean", default: false },
  },
});

const payload = "x".repeat(Number(options.payload));
const tools = Array.from({ length: Number(options.tools) }, (_, number) => ({
  name: `tool_${number}`,
  description: `Tool ${number} of ${options.name}: gives back the text that it is given.`,
  inputSchema: { type: "object", properties: { text: { type: "string", description: "Any text." } } },
}));
const serverInfo = { name: options.name, version: "1" };
/** What every result of a modern server says of itself. */
const complete = options.modern ? { resultType: "complete" } : {};
const hints = options.modern ? { ttlMs: 60_000, cacheScope: "private" } : {};
const list = options.list === undefined ? JSON.stringify({ tools, ...complete, ...hints }) : readFileSync(options.list, "utf8");

function greet(params) {
  if (options.fault === "hang-init") return undefined;
  if (!options.modern)
    return JSON.stringify({ protocolVersion: params?.protocolVersion ?? "2025-11-25", capabilities: { tools: {} }, serverInfo });
  const _meta = { "io.modelcontextprotocol/serverInfo": serverInfo };
  return JSON.stringify({ ...complete, ...hints, supportedVersions: ["2026-07-28"], capabilities: { tools: {} }, _meta });
}

const answers = {
  [options.modern ? "server/discover" : "initialize"]: greet,
  ping: () => "{}",
  "tools/list": () => list,
  "tools/call": (params) =>
    options.fault === "hang-call"
      ? undefined
      : JSON.stringify({
          content: [{ type: "text", text: `${options.name} ok ${(params.arguments?.text ?? "").slice(0, 100)}${payload}` }],
          ...complete,
        }),
};

/** Gives the answer as text to `send`, null for a notification, and never calls it where the fault is to hang. */
function answer(text, send) {
  const { id, method, params } = JSON.parse(text);
  if (id === undefined) return send(null);
  const known = answers[method];
  if (!known) return send(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":{"code":-32601,"message":"Method not found"}}`);
  const result = known(params);
  if (result !== undefined) send(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`);
}

function serveStdio() {
  createInterface({ input: process.stdin })
    .on("line", (line) => line && answer(line, (text) => text && process.stdout.write(`${text}\n`)))
    .on("close", () => process.exit(0));
}

function serveHttp() {
  const server = createServer((request, response) => {
    if (request.method !== "POST") return response.writeHead(405).end();
    const parts = [];
    request
      .on("data", (part) => parts.push(part))
      .on("end", () =>
        answer(Buffer.concat(parts).toString(), (text) => {
          if (text === null) return response.writeHead(202).end();
          if (options.sse) return response.writeHead(200, { "content-type": "text/event-stream" }).end(`event: message\ndata: ${text}\n\n`);
          response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) }).end(text);
        }),
      );
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => {
    console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/mcp`, pid: process.pid }));
  });
}

if (options.fault === "exit") {
  console.error("fatal: missing API key");
  process.exit(1);
}
setTimeout(options.stdio ? serveStdio : serveHttp, Number(options["start-delay"]));
