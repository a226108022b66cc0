import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { redactorFor } from "./redact.ts";

const withSecrets = (...values: string[]): { secrets: Secret[] } => ({ secrets: values.map((value) => new Secret(value)) });

describe("redactorFor", () => {
  it("masks secrets wherever they stand, a bearer token also without its scheme", () => {
    const redact = redactorFor(withSecrets("Bearer tok-12345"));
    expect(redact("got tok-12345, and Bearer tok-12345; visible-value")).toBe("got [secret], and [secret]; visible-value");
  });

  it("leaves words alone that a short value happens to be", () => {
    expect(redactorFor(withSecrets("on"))("one on one")).toBe("one on one");
  });
});
