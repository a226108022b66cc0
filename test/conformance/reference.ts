/**
 * The server that the official conformance suite is held against: the official SDK, with all that the suite asks
 * for, on Streamable HTTP at a free port of the loopback. It prints one line, `{"url":…,"pid":…}`, and ends with its
 * stdin.
 *
 *     node test/conformance/reference.ts [--era legacy|modern|both]
 */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { localhostHostValidation, localhostOriginValidation, toNodeHandler, toWebRequest } from "@modelcontextprotocol/node";
import { createMcpHandler, isLegacyRequest, type McpHttpHandler } from "@modelcontextprotocol/server";
import { Changes } from "./reference/changes.ts";
import { referenceServers } from "./reference/offer.ts";
import { legacySessions } from "./reference/sessions.ts";

const { era } = parseArgs({ options: { era: { type: "string", default: "both" } } }).values;

const changes = new Changes(() => modern.notify);
const servers = referenceServers(changes);
const modern: McpHttpHandler = createMcpHandler(servers, { legacy: "reject" });
const answerModern = toNodeHandler(modern);
const answerLegacy = legacySessions(servers);
const guards = [localhostHostValidation(), localhostOriginValidation()];

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!guards.every((allows) => allows(request, response))) return;
  const known = Object.assign(request, { method: request.method ?? "GET", url: request.url ?? "/" });
  const body: unknown = known.method === "POST" ? await json(request) : undefined;
  const legacy = era === "legacy" || (era === "both" && (await isLegacyRequest(await toWebRequest(known, body), body)));
  await (legacy ? answerLegacy(request, response, body) : answerModern(known, response, body));
}

const http = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    if (!response.headersSent) response.writeHead(400);
    response.end();
  });
});

http.listen(0, "127.0.0.1");
await once(http, "listening");
const { port } = http.address() as AddressInfo;
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}/mcp`, pid: process.pid })}\n`);
process.stdin.resume().once("end", () => process.exit());
