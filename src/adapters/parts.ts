/** A tool's result as what any model can be given: text, and media for those that see or hear. */

import { isObject, stringOr } from "../base/json.ts";
import type { ToolResult } from "../host.ts";

export type Part = TextPart | MediaPart;

export interface TextPart {
  readonly kind: "text";
  readonly text: string;
}

/** An image, a sound or another file. */
export interface MediaPart {
  readonly kind: "media";
  readonly mimeType: string;
  /** In base64. */
  readonly data: string;
}

type Block = ToolResult["content"][number];

/**
 * Every block of a result, in order: what has no form of its own in a model's input becomes text that says what it is. Without
 * content, `structuredContent` as JSON.
 *
 * @param takes media that the framework can give its model; others are described
 */
export function partsOf(result: ToolResult, takes: (media: MediaPart) => boolean): Part[] {
  const parts = result.content.map(toPart).map((part) => (part.kind === "text" || takes(part) ? part : described(part)));
  if (parts.length > 0) return parts;
  return [textPart(result.structuredContent === undefined ? "The tool gave back nothing." : JSON.stringify(result.structuredContent))];
}

/** A result as text alone, blocks one below the other. */
export function textOf(result: ToolResult): string {
  return partsOf(result, () => false)
    .map((part) => (part.kind === "text" ? part.text : ""))
    .join("\n");
}

export function isImage({ mimeType }: MediaPart): boolean {
  return mimeType.startsWith("image/");
}

function toPart(block: Block): Part {
  const { type, text, data, resource } = block;
  if (type === "text" && typeof text === "string") return textPart(text);
  if ((type === "image" || type === "audio") && typeof data === "string") return media(data, block["mimeType"]);
  if (type === "resource" && isObject(resource)) return embedded(resource, block);
  if (type === "resource_link" && typeof block["uri"] === "string") return textPart(link(block));
  return textPart(JSON.stringify(block));
}

function embedded(resource: Record<string, unknown>, block: Block): Part {
  if (typeof resource["text"] === "string") return textPart(`Resource ${stringOr(resource["uri"]) ?? ""}:\n${resource["text"]}`);
  return typeof resource["blob"] === "string" ? media(resource["blob"], resource["mimeType"]) : textPart(JSON.stringify(block));
}

/** A link is an address to be read by a tool or the host; it is not followed here. */
function link({ uri, name, title, description, mimeType, size }: Block): string {
  const called = stringOr(title) ?? stringOr(name);
  const details = [stringOr(mimeType), typeof size === "number" ? `${size} bytes` : undefined].filter((each) => each !== undefined);
  const head = `Resource ${called === undefined ? "" : `"${called}" at `}${String(uri)}`;
  return `${head}${details.length > 0 ? ` (${details.join(", ")})` : ""}${typeof description === "string" ? `: ${description}` : ""}`;
}

function media(data: string, mimeType: unknown): MediaPart {
  return { kind: "media", data, mimeType: stringOr(mimeType) ?? "application/octet-stream" };
}

function described({ mimeType, data }: MediaPart): TextPart {
  return textPart(`[${mimeType}, ${Math.floor((data.length * 3) / 4)} bytes, which cannot be shown here]`);
}

function textPart(text: string): TextPart {
  return { kind: "text", text };
}
