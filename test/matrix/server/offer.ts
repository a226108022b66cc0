/** What a server of the matrix offers over the wire. */

import { objectOr, type JsonObject } from "../../../src/base/json.ts";
import { plain, RpcFailure } from "../../servers/hostile/protocol/message.ts";
import type { Offer } from "../../servers/hostile/protocol/offer.ts";
import type { Request } from "../../servers/hostile/protocol/request.ts";
import type { Tool } from "../../servers/hostile/protocol/tools.ts";
import { acts, type Grown } from "./acts.ts";
import { putQuestions } from "./asking.ts";
import {
  app,
  appContents,
  CONTENTS,
  CONTENTS_RESULT,
  EXECUTION,
  EXTENSION,
  FAILING,
  FAILING_RESULT,
  letter,
  LISTING,
  pageContents,
  PROMPT,
  resource,
  RIDDLE,
  RIDDLE_QUESTION,
  riddleUri,
  template,
  TOOL,
  wholeResult,
  widget,
} from "./data.ts";
import { tasksOf } from "./tasks.ts";

/** @param server its name */
export function offerFor(server: string, era: "legacy" | "modern"): Offer {
  const grown: Grown = { tools: [], prompts: [], resources: [] };
  // Read at every list, as it grows.
  const tasks = tasksOf(era);
  const listed = [...toolsFor(server, era), ...acts(grown), ...tasks.tools];
  const extensions = { [EXTENSION]: { server }, ...objectOr(tasks.capabilities["extensions"]) };
  return {
    capabilities: { ...tasks.capabilities, extensions },
    get tools() {
      return [...listed, ...grown.tools.map((name) => said({ name, inputSchema: { type: "object" } }, name))];
    },
    methods: {
      "prompts/list": () => ({ prompts: [PROMPT, { name: RIDDLE }, ...grown.prompts.map((name) => ({ name }))] }),
      "prompts/get": (request) => (request.params["name"] === RIDDLE ? riddle(request, tellPrompt) : getPrompt(request.params)),
      "resources/list": () => ({ resources: [resource(server), app(server), ...grown.resources.map((name) => ({ name, uri: name }))] }),
      "resources/templates/list": () => ({ resourceTemplates: [template(server)] }),
      "resources/read": (request) => {
        const uri = plain(request.params["uri"]);
        return uri === riddleUri(server)
          ? riddle(request, (text) => ({ contents: [{ uri, text }] }))
          : readResource(server, uri, request.modern);
      },
      "completion/complete": ({ params }) => complete(params),
      ...tasks.methods,
      [`${EXTENSION}/hello`]: ({ params }) => ({ hello: params["to"] ?? null, meta: params["_meta"] ?? null }),
    },
  };
}

function toolsFor(server: string, era: "legacy" | "modern"): Tool[] {
  const whole: Tool = { definition: era === "legacy" ? { ...TOOL, ...EXECUTION } : TOOL, run: ({ text }) => wholeResult(plain(text)) };
  const listing: Tool = { definition: LISTING, run: () => ({ content: [{ type: "text", text: "[1,2]" }], structuredContent: [1, 2] }) };
  const fixed: Tool[] = [
    { definition: CONTENTS, run: () => CONTENTS_RESULT },
    { definition: FAILING, run: () => FAILING_RESULT },
    said(widget(server), "shown"),
  ];
  return [whole, ...fixed, ...(era === "modern" ? [listing] : [])];
}

function said(definition: JsonObject, text: string): Tool {
  return { definition, run: () => ({ content: [{ type: "text", text }] }) };
}

const tellPrompt = (text: string): JsonObject => ({ messages: [{ role: "user", content: { type: "text", text } }] });

/** Asks what it is to tell. */
async function riddle(request: Request, tell: (text: string) => JsonObject): Promise<JsonObject> {
  const asked = await putQuestions({ q: RIDDLE_QUESTION }, request, { rounds: 1, complete: false, anyway: false });
  return "answers" in asked ? tell(JSON.stringify(asked.answers)) : asked.result;
}

/** @throws RpcFailure when there is no such prompt */
function getPrompt({ name, arguments: args }: JsonObject): JsonObject {
  if (name !== PROMPT["name"]) throw new RpcFailure(-32602, `Unknown prompt: ${plain(name)}`);
  return letter(plain(objectOr(args)["to"]));
}

/** @throws RpcFailure when there is no such resource */
function readResource(server: string, uri: string, modern: boolean): JsonObject {
  if (uri === `ui://${server}/app`) return appContents(uri);
  if (uri.startsWith("elsewhere://") || uri === `matrix://${server}/page` || uri.startsWith(`matrix://${server}/things/`))
    return pageContents(uri);
  throw new RpcFailure(modern ? -32602 : -32002, "Resource not found", { uri });
}

/** What it was asked, as values. */
function complete({ ref, argument, context }: JsonObject): JsonObject {
  const { type, name = "", uri = "" } = objectOr(ref);
  const values = [plain(type), plain(name), plain(uri), plain(objectOr(argument)["value"]), plain(objectOr(context)["arguments"])];
  return { completion: { values, total: 5, hasMore: false, "x-odd": true } };
}
