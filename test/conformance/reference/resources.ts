/** Resources of the conformance suite. */

import { ResourceTemplate, type McpServer } from "@modelcontextprotocol/server";
import { PNG } from "./content.ts";

export function offerResources(server: McpServer, era: "legacy" | "modern"): void {
  const plain = { description: "A text that stays.", mimeType: "text/plain" };
  server.registerResource("static-text", "test://static-text", plain, ({ href }) => ({
    contents: [{ uri: href, mimeType: "text/plain", text: "This is the content of the static text resource." }],
  }));
  const image = { description: "An image that stays.", mimeType: "image/png" };
  server.registerResource("static-binary", "test://static-binary", image, ({ href }) => ({
    contents: [{ uri: href, mimeType: "image/png", blob: PNG }],
  }));
  const watched = { description: "A text that could change.", mimeType: "text/plain" };
  server.registerResource("watched-resource", "test://watched-resource", watched, ({ href }) => ({
    contents: [{ uri: href, mimeType: "text/plain", text: "Watched." }],
  }));
  const template = new ResourceTemplate("test://template/{id}/data", { list: undefined });
  const data = { description: "Data by id.", mimeType: "application/json" };
  server.registerResource("template", template, data, ({ href }, { id }) => ({
    contents: [
      { uri: href, mimeType: "application/json", text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }) },
    ],
  }));
  if (era === "legacy") acceptSubscriptions(server);
}

/** The SDK leaves these two to the server; the modern era has them no more. */
function acceptSubscriptions({ server }: McpServer): void {
  server.setRequestHandler("resources/subscribe", () => ({}));
  server.setRequestHandler("resources/unsubscribe", () => ({}));
}
