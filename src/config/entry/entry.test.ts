import { describe, expect, it } from "vitest";
import { reveal, Secret } from "../../base/secret.ts";
import type { LocalTool, ServerConfig, Transport } from "../config.ts";
import { parseConfig, type ConfigOptions } from "../load.ts";

const options: ConfigOptions = {
  env: { TOKEN: "t0ken-of-mine", HOME: "/home/me", SHORT: "1" },
  stateDir: "/nowhere",
  fingerprintKey: "key",
};

function serverOf(entry: object, more: ConfigOptions = {}): ServerConfig {
  const { servers, rejected } = parseConfig({ mcpServers: { a: entry } }, { ...options, ...more });
  const server = servers.get("a");
  if (server === undefined) throw rejected.get("a") ?? new Error("lost");
  return server;
}

/** With every secret in the clear. */
function transportOf(entry: object, more: ConfigOptions = {}): unknown {
  return plain(serverOf(entry, more).transport);
}

function plain(transport: Transport): unknown {
  const clear = (values: Readonly<Record<string, string | Secret>>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, reveal(value)]));
  if (transport.kind === "stdio") return { ...transport, env: clear(transport.env) };
  return transport.kind === "local" ? transport : { ...transport, headers: clear(transport.headers) };
}

const hidden = (entry: object): string[] => serverOf(entry).secrets.map((secret) => secret.reveal());

describe("entries of other hosts", () => {
  const stdio = { kind: "stdio", command: "npx", args: ["-y", "x"], env: { K: "v" }, inheritEnv: [], cwd: undefined };
  const command = "npx";
  const args = ["-y", "x"];
  const env = { K: "v" };

  it.each([
    ["Claude Desktop", { command, args, env }],
    ["Claude Code", { type: "stdio", command, args, env, timeout: 60_000, alwaysLoad: true }],
    ["Cursor", { type: "stdio", command, args, env, auth: { CLIENT_ID: "x" } }],
    ["VS Code", { type: "stdio", command, args, env, gallery: "https://x", version: "1.0.0" }],
    ["Copilot CLI", { type: "local", command, args, env, tools: ["*"] }],
    ["Windsurf", { command, args, env, disabled: false, disabledTools: [] }],
    ["Zed", { source: "custom", enabled: true, command, args, env }],
    ["Gemini CLI", { command, args, env, trust: true, timeout: 30_000, description: "d", includeTools: ["*"] }],
    ["opencode", { type: "local", command: [command, ...args], environment: env, enabled: true, timeout: 5000 }],
    ["Cline", { command, args, env, autoApprove: ["t"], alwaysAllow: [], disabled: false }],
  ])("%s, a program", (_host, entry) => {
    expect(transportOf(entry)).toEqual(stdio);
    expect(serverOf(entry)).toMatchObject({ disabled: false, trust: "none", tools: { allow: ["*"], deny: [] } });
  });

  const http = { kind: "http", url: "https://x/mcp", headers: { A: "b" } };
  it.each([
    ["Claude Code", { type: "http", url: "https://x/mcp", headers: { A: "b" } }],
    ["Cursor", { url: "https://x/mcp", headers: { A: "b" } }],
    ["Windsurf", { serverUrl: "https://x/mcp", headers: { A: "b" } }],
    ["Gemini CLI", { httpUrl: "https://x/mcp", headers: { A: "b" } }],
    ["opencode", { type: "remote", url: "https://x/mcp", headers: { A: "b" }, oauth: false }],
    ["the public registry", { type: "streamable-http", url: "https://x/mcp", headers: { A: "b" } }],
  ])("%s, an address", (_host, entry) => {
    expect(transportOf(entry)).toEqual(http);
  });

  it("say that a server is disabled in two ways", () => {
    expect(serverOf({ command, enabled: false }).disabled).toBe(true);
    expect(serverOf({ command, disabled: true }).disabled).toBe(true);
    expect(serverOf({ command, disabled: true, enabled: true }).disabled).toBe(true);
  });

  it("say which tools are offered in four", () => {
    expect(serverOf({ command, tools: ["a", "b"] }).tools).toMatchObject({ allow: ["a", "b"], deny: [] });
    expect(serverOf({ command, includeTools: ["a"], excludeTools: ["b"] }).tools).toMatchObject({ allow: ["a"], deny: ["b"] });
    expect(serverOf({ command, disabledTools: ["b"] }).tools).toMatchObject({ allow: ["*"], deny: ["b"] });
    expect(serverOf({ command, tools: { allow: ["c"], deny: ["d"] }, includeTools: ["a"], disabledTools: ["b"] }).tools).toMatchObject({
      allow: ["c"],
      deny: ["d", "b"],
    });
  });
});

describe("a program", () => {
  it("gets its arguments byte for byte, whatever a shell would make of them", () => {
    const args = ["; touch canary", "$(id)", "`id`", "a && b", "two\nlines", "$HOME", "*", ""];
    expect(transportOf({ command: "npx; touch canary", args })).toMatchObject({ command: "npx; touch canary", args });
  });

  it("gets placeholders replaced wherever they may stand", () => {
    const entry = {
      command: "${HOME}/bin/x",
      args: ["--home=${HOME}"],
      env: { A: "${TOKEN}" },
      cwd: "${HOME}/work",
      roots: ["${HOME}/r", "file:///x"],
    };
    expect(transportOf(entry)).toMatchObject({
      command: "/home/me/bin/x",
      args: ["--home=/home/me"],
      env: { A: "t0ken-of-mine" },
      cwd: "/home/me/work",
    });
    expect(serverOf(entry).roots).toEqual(["file:///home/me/r", "file:///x"]);
  });

  it("keeps placeholders that did not come from the operator", () => {
    expect(transportOf({ command: "x", args: ["${TOKEN}", "$${x}"], env: { A: "${NONE}" } }, { expand: false })).toMatchObject({
      args: ["${TOKEN}", "$${x}"],
      env: { A: "${NONE}" },
    });
  });

  it("may have placeholders without a value while it is disabled", () => {
    const args = ["${NONE}"];
    expect(serverOf({ command: "x", args, envFile: "${NONE}/.env", disabled: true })).toMatchObject({
      disabled: true,
      transport: { args },
    });
    expect(serverOf({ url: "${NONE}/mcp", enabled: false })).toMatchObject({ disabled: true, transport: { url: "${NONE}/mcp" } });
  });
});

describe("an address", () => {
  it("gives its user and password up to a header", () => {
    const entry = { url: "https://me:p%40ssw0rd@x.example/mcp?a=1" };
    expect(transportOf(entry)).toEqual({
      kind: "http",
      url: "https://x.example/mcp?a=1",
      headers: { Authorization: `Basic ${Buffer.from("me:p@ssw0rd").toString("base64")}` },
    });
    expect(hidden(entry)).toContain("p@ssw0rd");
  });

  it("yields to a header that was given", () => {
    expect(transportOf({ url: "https://me:pw@x/", headers: { authorization: "Bearer b" } })).toMatchObject({
      headers: { authorization: "Bearer b" },
    });
  });

  it("of the older transport says so", () => {
    expect(serverOf({ type: "sse", url: "https://x/sse" })).toMatchObject({ sharing: "shared", transport: { kind: "sse" } });
  });
});

describe("secrets", () => {
  const kinds = (values: Record<string, string>): Record<string, boolean> => {
    const { transport } = serverOf({ command: "x", env: values });
    const env = transport.kind === "stdio" ? transport.env : {};
    return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value instanceof Secret]));
  };

  it("are values from outside, and those whose name or form says so", () => {
    expect(
      kinds({
        A: "${TOKEN}",
        B: "${NONE:-default}",
        C: "plain",
        D: "${HOME}",
        GITHUB_TOKEN: "ghp_literal",
        API_KEY: "k",
        DB: "postgres://u:p@h/d",
        DB_HOST: "postgres://h/d",
        EMPTY_TOKEN: "",
      }),
    ).toEqual({ A: true, B: false, C: false, D: false, GITHUB_TOKEN: true, API_KEY: true, DB: true, DB_HOST: false, EMPTY_TOKEN: false });
  });

  it("are listed wherever they went, so that they can be hidden", () => {
    expect(hidden({ command: "x", args: ["--key", "${TOKEN}"] })).toEqual(["t0ken-of-mine"]);
    expect(hidden({ url: "https://x/mcp?key=${TOKEN}" })).toEqual(["t0ken-of-mine"]);
    expect(hidden({ url: "https://x", headers: { Authorization: "Bearer literal-token" } })).toEqual([
      "Bearer literal-token",
      "literal-token",
    ]);
    expect(hidden({ command: "x", args: ["${HOME}", "${SHORT}"], env: { MODE: "production" } })).toEqual([]);
  });
});

describe("what is sent to a server", () => {
  it("must not lack its value without anybody having said so", () => {
    const read = (entry: object) => () => serverOf(entry, { env: { EMPTY: "" } });
    const says = "needs env:EMPTY, which is empty.";
    expect(read({ url: "https://x", headers: { Authorization: "Bearer ${EMPTY}" } })).toThrow(says);
    expect(read({ url: "https://x/mcp?key=${env:EMPTY}" })).toThrow(says);
    expect(read({ url: "https://x", headers: { "X-Tag": "${EMPTY:-}" } })).not.toThrow();
    expect(read({ command: "x", env: { PROXY: "${EMPTY}" }, args: ["${EMPTY}"] })).not.toThrow();
  });
});

describe("times", () => {
  it("raise the total where a single wait is longer", () => {
    expect(serverOf({ command: "x", timeouts: { call: "20m" } }).timeouts).toMatchObject({ callMs: 1_200_000, callMaxMs: 1_200_000 });
    const { timeouts, toolTimeouts } = serverOf({ command: "x", timeouts: { tools: { slow: "1h" } } });
    expect([timeouts.callMs, timeouts.callMaxMs, toolTimeouts.get("slow")]).toEqual([60_000, 3_600_000, 3_600_000]);
  });

  it("may be numbers of milliseconds", () => {
    expect(serverOf({ command: "x", timeouts: { call: 5000 } }).timeouts.callMs).toBe(5000);
  });
});

describe("functions", () => {
  const call = (): string => "done";

  it("are a server in this process", () => {
    const tools: LocalTool[] = [{ name: "t", description: "d", inputSchema: { type: "object" }, call }];
    expect(serverOf({ tools })).toMatchObject({ transport: { kind: "local", tools }, sharing: "shared", tools: { allow: ["*"] } });
  });

  it.each([
    [[{ name: "t" }], "mcpServers.a.tools[0] must be a tool: an object with a `name` and a function `call`."],
    [[{ name: "", call }], "mcpServers.a.tools[0] must be a tool: an object with a `name` and a function `call`."],
    [["x", { name: "t", call }], "mcpServers.a.tools[0] must be a tool: an object with a `name` and a function `call`."],
    [[null], "mcpServers.a.tools[0] must be a tool: an object with a `name` and a function `call`."],
    [[{ name: "t", call, inputSchema: 5 }], "mcpServers.a.tools[0] must have an object as its `inputSchema`."],
    [
      [
        { name: "t", call },
        { name: "t", call },
      ],
      'mcpServers.a.tools[1] has the name of an earlier tool of this server, "t".',
    ],
  ])("that are wrong are refused: %j", (tools, message) => {
    expect(parseConfig({ mcpServers: { a: { tools } } }, options).rejected.get("a")?.message).toBe(message);
  });

  it("do not go with a program", () => {
    const { rejected } = parseConfig({ mcpServers: { a: { command: "x", tools: [{ name: "t", call }] } } }, options);
    expect(rejected.get("a")?.message).toBe("mcpServers.a.command stands beside `tools` that are functions.");
  });
});

describe("the fingerprint", () => {
  const base = { command: "x", args: ["a"], env: { A: "1", B: "2" }, roots: ["/r"] };
  const of = (entry: object, more: ConfigOptions = {}): string => serverOf(entry, more).fingerprint;

  it.each([
    ["the program", { ...base, command: "y" }],
    ["an argument", { ...base, args: ["b"] }],
    ["a variable", { ...base, env: { A: "1", B: "3" } }],
    ["what is inherited", { ...base, inheritEnv: ["AWS_*"] }],
    ["the folder", { ...base, cwd: "/tmp" }],
    ["roots", { ...base, roots: ["/s"] }],
    ["who is asked", { ...base, ask: "none" }],
    ["the kind", { url: "https://x" }],
  ])("changes with %s", (_what, entry) => {
    expect(of(entry)).not.toBe(of(base));
  });

  it.each([
    ["the order of variables", { ...base, env: { B: "2", A: "1" } }],
    ["rules", { ...base, tools: { deny: ["x"] }, timeouts: { call: "5s" } }],
    ["the namespace", { ...base, namespace: "n" }],
    ["the way of sharing", { ...base, sharing: "shared", concurrency: 1, connect: "lazy", cache: false }],
    ["a placeholder with the same value", { ...base, env: { A: "1", B: "${NONE:-2}" } }],
  ])("stays with %s", (_what, entry) => {
    expect(of(entry)).toBe(of(base));
  });

  it("changes with the value of a secret, and cannot be told without the key", () => {
    const entry = { url: "https://x", headers: { Authorization: "Bearer ${TOKEN}" } };
    expect(of(entry, { env: { TOKEN: "one" } })).not.toBe(of(entry, { env: { TOKEN: "two" } }));
    expect(of(entry, { fingerprintKey: "other" })).not.toBe(of(entry));
    expect(of(entry)).toMatch(/^[0-9a-f]{64}$/);
  });

  it("needs no key within one process", () => {
    const once = (): string | undefined => parseConfig({ mcpServers: { a: base } }).servers.get("a")?.fingerprint;
    expect(once()).toBe(once());
  });

  it("tells functions apart that look alike", () => {
    const tool = (): LocalTool => ({ name: "t", call: () => 1 });
    const mine = tool();
    expect(of({ tools: [mine] })).toBe(of({ tools: [mine] }));
    expect(of({ tools: [mine] })).not.toBe(of({ tools: [tool()] }));
  });
});
