/** The honest part: which handler answers which method, and what an era adds to its result. */

import { objectOr, type JsonObject } from "../../../../src/base/json.ts";
import { callTool } from "./call.ts";
import { discover, initialize } from "./handshake.ts";
import { listTools } from "./lists.ts";
import { RawJson, RpcFailure } from "./message.ts";
import { offerOf } from "./offer.ts";
import { complete, getPrompt, listPrompts, listResources, listTemplates, readResource } from "./reads.ts";
import type { Request } from "./request.ts";
import { LEGACY, MODERN, meta } from "./rules.ts";
import { listen, setLogLevel, subscribe } from "./subscriptions.ts";

interface Handler {
  readonly answer: (request: Request) => object | RawJson | Promise<object | RawJson>;
  readonly feature?: string;
  readonly era?: "legacy" | "modern";
  /** True for results that carry `ttlMs` and `cacheScope`. */
  readonly cached?: boolean;
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  initialize: { answer: initialize, era: "legacy" },
  "server/discover": { answer: discover, era: "modern", cached: true },
  ping: { answer: () => ({}), era: "legacy" },
  "tools/list": { answer: listTools, feature: "tools", cached: true },
  "tools/call": { answer: callTool, feature: "tools" },
  "prompts/list": { answer: listPrompts, feature: "prompts", cached: true },
  "prompts/get": { answer: getPrompt, feature: "prompts" },
  "resources/list": { answer: listResources, feature: "resources", cached: true },
  "resources/templates/list": { answer: listTemplates, feature: "resources", cached: true },
  "resources/read": { answer: readResource, feature: "resources", cached: true },
  "resources/subscribe": { answer: subscribe, feature: "resources", era: "legacy" },
  "resources/unsubscribe": { answer: subscribe, feature: "resources", era: "legacy" },
  "completion/complete": { answer: complete, feature: "completions" },
  "logging/setLevel": { answer: setLogLevel, feature: "logging", era: "legacy" },
  "subscriptions/listen": { answer: listen, era: "modern" },
};

/** @throws RpcFailure when the request cannot be answered by a result */
export async function respond(request: Request): Promise<object | RawJson> {
  const { server, method, modern } = request;
  checkEra(request);
  const handler = handlerOf(request);
  const wrongEra = handler?.era !== undefined && (handler.era === "modern") !== modern;
  const missing = handler?.feature !== undefined && !server.has(handler.feature);
  if (handler === undefined || wrongEra || missing) throw new RpcFailure(-32601, `Method not found: ${method}`);
  const result = await handler.answer(request);
  return modern && !(result instanceof RawJson) ? modernResult(request, result as JsonObject, handler.cached ?? false) : result;
}

function handlerOf({ server, method }: Request): Handler | undefined {
  const { methods } = offerOf(server);
  const standing = Object.hasOwn(HANDLERS, method) ? HANDLERS[method] : undefined;
  const offered = Object.hasOwn(methods, method) ? methods[method] : undefined;
  return offered === undefined ? standing : { ...standing, answer: offered };
}

function checkEra({ server, params, modern }: Request): void {
  const { era } = server.switches.values;
  const asked = meta(params, "protocolVersion");
  if (era === "modern" && !modern)
    throw new RpcFailure(-32022, "Unsupported protocol version", { supported: [MODERN], requested: params["protocolVersion"] ?? null });
  if (!modern) return;
  const supported = era === "both" ? [MODERN, ...LEGACY] : [MODERN];
  if (asked !== MODERN) throw new RpcFailure(-32022, "Unsupported protocol version", { supported, requested: asked });
  if (meta(params, "clientCapabilities") === undefined) throw new RpcFailure(-32602, "Missing _meta: clientCapabilities");
}

function modernResult({ server }: Request, result: JsonObject, cached: boolean): JsonObject {
  const { values } = server.switches;
  const kind = values["result-type"];
  const type = kind === "unknown" ? "surprise" : (result["resultType"] ?? "complete");
  const hints =
    cached && type === "complete"
      ? { ttlMs: values["ttl-ms"], ...(values["cache-scope"] !== "absent" && { cacheScope: values["cache-scope"] }) }
      : {};
  const serverInfo = { name: values.name, version: "1.0.0" };
  return {
    ...(kind !== "absent" && { resultType: type }),
    ...hints,
    ...result,
    ...(kind === "unknown" && { resultType: type }),
    _meta: { ...objectOr(result["_meta"]), "io.modelcontextprotocol/serverInfo": serverInfo },
  };
}
