import { describe, expect, it } from "vitest";
import { knownKey } from "./keys.ts";

describe("knownKey", () => {
  it.each(["jsonrpc", "id", "method", "params", "result", "name", "arguments", "_meta", "content", "isError", "structuredContent"])(
    "finds %s wherever it stands",
    (key) => {
      const text = Buffer.from(`{"${key}":1}`);
      expect(knownKey(text, 2, 2 + key.length)).toBe(key);
    },
  );

  it.each(["iD", "names", "nam", "", "x", "nume", "toolong".repeat(20), "naïve"])("does not know %j", (key) => {
    expect(knownKey(Buffer.from(key), 0, Buffer.byteLength(key))).toBeUndefined();
  });
});
