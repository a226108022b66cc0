import { describe, expect, it } from "vitest";
import { isImage, partsOf, textOf } from "./parts.ts";

const image = { type: "image", data: "AAAA", mimeType: "image/png" };
const audio = { type: "audio", data: "AAAA", mimeType: "audio/wav" };

describe("partsOf", () => {
  it("keeps text and the media that are taken, in order, and describes the others", () => {
    const content = [{ type: "text", text: "one" }, image, audio];
    expect(partsOf({ content }, isImage)).toEqual([
      { kind: "text", text: "one" },
      { kind: "media", mimeType: "image/png", data: "AAAA" },
      { kind: "text", text: "[audio/wav, 3 bytes, which cannot be shown here]" },
    ]);
  });

  it("gives resources as what they hold, and links as what they lead to", () => {
    const content = [
      { type: "resource", resource: { uri: "file:///a.md", text: "inside" } },
      { type: "resource", resource: { uri: "file:///a.png", blob: "AAAA", mimeType: "image/png" } },
      { type: "resource_link", uri: "file:///b", name: "b", title: "B", mimeType: "text/plain", size: 7, description: "the other" },
      { type: "resource_link", uri: "file:///c", name: "c" },
    ];
    expect(textOf({ content }).split("\n")).toEqual([
      "Resource file:///a.md:",
      "inside",
      "[image/png, 3 bytes, which cannot be shown here]",
      'Resource "B" at file:///b (text/plain, 7 bytes): the other',
      'Resource "c" at file:///c',
    ]);
  });

  it("never loses a block that it does not know, or one that is broken", () => {
    const content = [{ type: "hologram", beam: 1 }, { type: "text" }, { type: "resource", resource: null }, { type: "image" }];
    expect(textOf({ content })).toBe(content.map((block) => JSON.stringify(block)).join("\n"));
  });

  it("takes structured content where there is nothing else, and says so where there is nothing at all", () => {
    expect(textOf({ content: [], structuredContent: { rows: 2 } })).toBe('{"rows":2}');
    expect(textOf({ content: [] })).toBe("The tool gave back nothing.");
  });
});
