/** Tools that answer with content of every type, and one with a schema of every kind. */

import { fromJsonSchema, type CallToolResult, type ContentBlock, type JsonSchemaType, type McpServer } from "@modelcontextprotocol/server";

/** One red pixel. */
export const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

/** Four samples of silence. */
const WAV = "UklGRigAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQQAAACAgICA";

export function text(words: string): CallToolResult {
  return { content: [{ type: "text", text: words }] };
}

const image: ContentBlock = { type: "image", data: PNG, mimeType: "image/png" };
const audio: ContentBlock = { type: "audio", data: WAV, mimeType: "audio/wav" };

function embedded(uri: string, mimeType: string, words: string): ContentBlock {
  return { type: "resource", resource: { uri, mimeType, text: words } };
}

/** Name, description and answer of the tools that take nothing. */
const plain: readonly [name: string, description: string, content: ContentBlock[]][] = [
  ["test_simple_text", "Answers with text.", [{ type: "text", text: "This is a simple text response for testing." }]],
  ["test_image_content", "Answers with an image.", [image]],
  ["test_audio_content", "Answers with audio.", [audio]],
  [
    "test_embedded_resource",
    "Answers with a resource.",
    [embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")],
  ],
  [
    "test_multiple_content_types",
    "Answers with text, an image and a resource.",
    [
      { type: "text", text: "Multiple content types test:" },
      image,
      embedded("test://mixed-content-resource", "application/json", JSON.stringify({ test: "data", value: 123 })),
    ],
  ],
];

/** What JSON Schema 2020-12 has and older drafts have not. */
const RICH: JsonSchemaType = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: { $anchor: "addressDef", type: "object", properties: { street: { type: "string" }, city: { type: "string" } } },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};

/** An argument that clients of the modern era repeat as a header. */
const region = { type: "string", description: "Where to run.", "x-mcp-header": "Region" } as const;
const MIRRORED: JsonSchemaType = { type: "object", properties: { region }, required: ["region"] };

export function offerContent(server: McpServer): void {
  for (const [name, description, content] of plain) server.registerTool(name, { description }, () => ({ content }));
  server.registerTool("test_error_handling", { description: "Fails." }, () => {
    throw new Error("This tool intentionally returns an error for testing");
  });
  const rich = { description: "Takes arguments of a rich schema.", inputSchema: fromJsonSchema(RICH) };
  server.registerTool("json_schema_2020_12_tool", rich, (given) => text(JSON.stringify(given)));
  const mirrored = { description: "Takes an argument that is repeated as a header.", inputSchema: fromJsonSchema(MIRRORED) };
  server.registerTool("test_x_mcp_header", mirrored, (given) => text(JSON.stringify(given)));
}
