/** What every server of the matrix offers, whole: all fields that some revision defines, and some that none does. */

import type { JsonObject } from "../../../src/base/json.ts";

const ICONS = [{ src: "data:image/png;base64,iVBORw0KGgo=", mimeType: "image/png", sizes: ["48x48", "any"], theme: "dark" }];
const META: JsonObject = { "com.example/tag": { list: [1, "two"] }, plain: true };
const ODD: JsonObject = { deep: [1.5, { more: ["ä", false] }] };
const AUDIENCE: JsonObject = { audience: ["user", "assistant"], priority: 0.5, lastModified: "2026-01-02T03:04:05Z" };

/** The fields that each kind of entry can have, and one that is unknown. */
const common = (name: string): JsonObject => ({
  name,
  title: `The ${name}`,
  description: `A ${name} with everything.`,
  icons: ICONS,
  _meta: META,
  "x-odd": ODD,
});

export const TOOL: JsonObject = {
  ...common("whole"),
  inputSchema: { type: "object", properties: { text: { type: "string", "x-odd": ODD } }, required: ["text"], $comment: "kept" },
  outputSchema: { type: "object", properties: { echo: { type: "string" } }, required: ["echo"] },
  annotations: { title: "Whole", readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false, "x-odd": ODD },
};

/** What {@link TOOL} has beside, on legacy servers. */
export const EXECUTION: JsonObject = { execution: { taskSupport: "forbidden" } };

/** Of the modern era alone: until 2025-11-25 output is an object. */
export const LISTING: JsonObject = {
  name: "listing",
  inputSchema: { type: "object" },
  outputSchema: { type: "array", items: { $ref: "#/$defs/n" }, $defs: { n: { type: "integer" } } },
};

/** MCP Apps: a tool with a page of its own, {@link app}. */
export const widget = (server: string): JsonObject => ({
  name: "widget",
  inputSchema: { type: "object" },
  _meta: { ui: { resourceUri: `ui://${server}/app`, visibility: ["model", "app"] }, "ui/resourceUri": `ui://${server}/app` },
});

export const FAILING: JsonObject = { name: "failing", inputSchema: { type: "object" } };
export const CONTENTS: JsonObject = { name: "contents", inputSchema: { type: "object" } };

export const PROMPT: JsonObject = {
  ...common("letter"),
  arguments: [{ name: "to", title: "To", description: "Whom.", required: true, "x-odd": ODD }],
};

/** A prompt, and a resource, that ask before they tell. */
export const RIDDLE = "riddle";
export const riddleUri = (server: string): string => `matrix://${server}/riddle`;
export const RIDDLE_QUESTION: JsonObject = {
  method: "elicitation/create",
  params: { message: "What?", requestedSchema: { type: "object", properties: { what: { type: "string" } } } },
};

export const resource = (server: string): JsonObject => ({
  ...common("page"),
  uri: `matrix://${server}/page`,
  mimeType: "text/plain",
  size: 4,
  annotations: AUDIENCE,
});

export const app = (server: string): JsonObject => ({
  name: "app",
  uri: `ui://${server}/app`,
  mimeType: "text/html;profile=mcp-app",
  _meta: { ui: { prefersBorder: true } },
});

export const template = (server: string): JsonObject => ({
  ...common("thing"),
  uriTemplate: `matrix://${server}/things/{id}`,
  mimeType: "application/json",
  annotations: AUDIENCE,
});

const IMAGE: JsonObject = { type: "image", data: "iVBORw0KGgo=", mimeType: "image/png", annotations: AUDIENCE, _meta: META };
const AUDIO: JsonObject = { type: "audio", data: "UklGRg==", mimeType: "audio/wav" };
const LINK: JsonObject = { type: "resource_link", uri: "matrix://linked", ...common("link"), size: 7, mimeType: "text/plain" };
const TEXT_RESOURCE: JsonObject = {
  type: "resource",
  resource: { uri: "matrix://embedded", mimeType: "text/plain", text: "in", _meta: META },
};
const BLOB_RESOURCE: JsonObject = { type: "resource", resource: { uri: "matrix://bytes", blob: "AAEC" }, annotations: AUDIENCE };
const UNKNOWN: JsonObject = { type: "hologram", data: ODD };

/** One block of every kind, and one of a kind that nobody knows. */
export const BLOCKS: readonly JsonObject[] = [
  { type: "text", text: "plain", annotations: AUDIENCE, _meta: META, "x-odd": ODD },
  IMAGE,
  AUDIO,
  LINK,
  TEXT_RESOURCE,
  BLOB_RESOURCE,
  UNKNOWN,
];

export const CONTENTS_RESULT: JsonObject = { content: [...BLOCKS], _meta: META, "x-odd": ODD };
export const FAILING_RESULT: JsonObject = { content: [{ type: "text", text: "it failed" }], isError: true, "x-odd": ODD };

export const wholeResult = (text: string): JsonObject => ({
  content: [{ type: "text", text }],
  structuredContent: { echo: text, "x-odd": ODD },
  _meta: META,
});

/** One message for each block that a prompt can hold. */
export const letter = (to: string): JsonObject => ({
  description: `A letter to ${to}`,
  messages: [
    { role: "user", content: { type: "text", text: `Dear ${to}` } },
    ...[IMAGE, AUDIO, LINK, TEXT_RESOURCE].map((content) => ({ role: "assistant", content })),
  ],
  _meta: META,
  "x-odd": ODD,
});

/** A text and bytes, as one resource may hold several. */
export const pageContents = (uri: string): JsonObject => ({
  contents: [
    { uri, mimeType: "text/plain", text: "text", _meta: META, "x-odd": ODD },
    { uri: `${uri}#bytes`, mimeType: "application/octet-stream", blob: "AAEC" },
  ],
  "x-odd": ODD,
});

export const appContents = (uri: string): JsonObject => ({
  contents: [
    { uri, mimeType: "text/html;profile=mcp-app", text: "<p>", _meta: { ui: { csp: { connectDomains: ["https://example.com"] } } } },
  ],
});

/** The extension that servers and clients of the matrix have in common. */
export const EXTENSION = "com.example/matrix";
export const APPS = "io.modelcontextprotocol/ui";
