import { describe, expect, it } from "vitest";
import { parseConfig } from "./load.ts";

describe("parseConfig", () => {
  it("fills in every default", () => {
    const { servers, limits, gateway } = parseConfig({ mcpServers: { files: { command: "npx", args: ["-y", "x"] } } });
    expect(servers.get("files")).toMatchObject({
      namespace: "files",
      connect: "eager",
      sharing: "per-identity",
      timeouts: { callMs: 60_000 },
    });
    expect(limits).toMatchObject({ messageBytes: 10 * 1024 * 1024, starts: { count: 5, windowMs: 60_000 } });
    expect(gateway).toEqual({ host: "127.0.0.1", port: 8808, publicUrl: undefined });
  });
});
