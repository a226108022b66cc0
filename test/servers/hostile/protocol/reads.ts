/** Prompts, resources, templates and completion. */

import { objectOr, type JsonObject } from "../../../../src/base/json.ts";
import { RpcFailure, plain } from "./message.ts";
import type { Request } from "./request.ts";

export function listPrompts(): JsonObject {
  const args = [{ name: "name", description: "Whom to greet.", required: true }];
  return { prompts: [{ name: "greet", description: "Greets somebody.", arguments: args }] };
}

/** @throws RpcFailure when there is no such prompt */
export function getPrompt({ server, params }: Request): JsonObject {
  if (params["name"] !== "greet") throw new RpcFailure(-32602, `Unknown prompt: ${plain(params["name"])}`);
  const greeting = `Hello ${plain(objectOr(params["arguments"])["name"])} from ${server.switches.values.name}`;
  return { messages: [{ role: "user", content: { type: "text", text: greeting } }] };
}

/** Two standing ones: `test://shared` is the same on every server, the other carries the server's name. */
export function listResources({ server }: Request): JsonObject {
  const { values } = server.switches;
  const uris = ["test://shared", `test://${values.name}/readme`, ...values.resource];
  return { resources: uris.map((uri) => ({ uri, name: uri.slice(uri.lastIndexOf("/") + 1), mimeType: "text/plain" })) };
}

export function listTemplates({ server }: Request): JsonObject {
  const uriTemplate = `test://${server.switches.values.name}/items/{id}`;
  return { resourceTemplates: [{ uriTemplate, name: "item", mimeType: "text/plain" }] };
}

/** @throws RpcFailure when there is no such resource */
export function readResource(request: Request): JsonObject {
  const { server, params, modern } = request;
  const { name } = server.switches.values;
  const uri = plain(params["uri"]);
  const listed = (listResources(request)["resources"] as JsonObject[]).some((resource) => resource["uri"] === uri);
  if (!listed && !uri.startsWith(`test://${name}/items/`)) throw new RpcFailure(modern ? -32602 : -32002, "Resource not found", { uri });
  return { contents: [{ uri, mimeType: "text/plain", text: `${uri} of ${name}` }] };
}

export function complete({ params }: Request): JsonObject {
  const start = plain(objectOr(params["argument"])["value"]);
  const values = ["anna", "anton", "berta"].filter((value) => value.startsWith(start));
  return { completion: { values, total: values.length, hasMore: false } };
}
