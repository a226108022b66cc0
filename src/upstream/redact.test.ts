import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import type { ServerConfig } from "../config/config.ts";
import { redactorFor } from "./redact.ts";

function withHeaders(headers: Record<string, string | Secret>): ServerConfig {
  return { transport: { kind: "http", url: "http://127.0.0.1/mcp", headers } } as unknown as ServerConfig;
}

describe("redactorFor", () => {
  it("masks secrets wherever they stand, a bearer token also without its scheme", () => {
    const redact = redactorFor(withHeaders({ authorization: new Secret("Bearer tok-12345"), "x-plain": "visible-value" }));
    expect(redact("got tok-12345, and Bearer tok-12345; visible-value")).toBe("got [secret], and [secret]; visible-value");
  });

  it("leaves words alone that a short value happens to be", () => {
    expect(redactorFor(withHeaders({ a: new Secret("on") }))("one on one")).toBe("one on one");
  });
});
