import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { cautionsFor } from "./cautions.ts";
import type { ServerConfig } from "./config.ts";

function server(args: readonly string[], secret: string): ServerConfig {
  return { name: "a", transport: { kind: "stdio", command: "x", args }, secrets: [new Secret(secret)] } as unknown as ServerConfig;
}

describe("cautionsFor", () => {
  it.each([
    [["--token=long-secret"], "long-secret", 1],
    [["--verbose"], "long-secret", 0],
    [["on"], "on", 0],
  ])("%j with %s: %i", (args, secret, count) => {
    const cautions = cautionsFor(server(args, secret));
    expect(cautions).toHaveLength(count);
    expect(cautions.join("")).not.toContain(secret);
  });
});
