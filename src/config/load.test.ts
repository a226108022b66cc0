import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain, ToolyardError } from "../base/errors.ts";
import { reveal } from "../base/secret.ts";
import type { Config } from "./config.ts";
import { loadConfig, parseConfig, parseConfigText, type ConfigOptions } from "./load.ts";

const env = { HOME: "/home/me", TOKEN: "t0ken-of-mine", HOST: "127.0.0.1" };
const options: ConfigOptions = { env, stateDir: "/nowhere" };

const read = (text: string): Config => parseConfigText(text, "toolyard.json", options);

/** What a person is told when the file is refused. */
function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ToolyardError) return explain(error);
  }
  return "accepted";
}

/** What a person is told about the server `a`. */
function rejection(entry: string): string {
  const error = read(`{ "mcpServers": { "a": ${entry} } }`).rejected.get("a");
  return error === undefined ? "accepted" : explain(error);
}

const correct = "Correct the place that the message names.";
const syntax = "Correct the text there; comments and trailing commas are allowed.";

describe("a file that is refused", () => {
  it.each([
    ["", `toolyard.json:1:1: The configuration is empty. ${syntax}`],
    ["  \n", `toolyard.json:2:1: The configuration is empty. ${syntax}`],
    ["{", `toolyard.json:1:2: The configuration lacks a closing }. ${syntax}`],
    ['{ "mcpServers": {\n  "a": { "command": "x" }\n  "b": {} } }', `toolyard.json:3:3: The configuration lacks a comma. ${syntax}`],
    ['{ "mcpServers" }', `toolyard.json:1:16: The configuration lacks a colon. ${syntax}`],
    ['{ "mcpServers": }', `toolyard.json:1:17: The configuration lacks a value. ${syntax}`],
    ["{ mcpServers: {} }", `toolyard.json:1:3: The configuration holds a word that JSON does not have. ${syntax}`],
    ['{ "a": "x', `toolyard.json:1:8: The configuration holds a text that is not closed. ${syntax}`],
    ["{} {}", `toolyard.json:1:4: The configuration goes on after its end. ${syntax}`],
    ["[]", `toolyard.json:1:1: The configuration must be an object. ${correct}`],
    ["null", `toolyard.json:1:1: The configuration must be an object. ${correct}`],
    ['"text"', `toolyard.json:1:1: The configuration must be an object. ${correct}`],
    ['{ "servers": {} }', `toolyard.json:1:3: servers is not a known key. Did you mean "mcpServers"? ${correct}`],
    ['{ "banana": {} }', `toolyard.json:1:3: banana is not a known key. ${correct}`],
    ['{ "mcpServers": [] }', `toolyard.json:1:17: mcpServers must be an object. ${correct}`],
    ['{ "mcpServers": {}, "mcpServers": {} }', "toolyard.json:1:3: mcpServers stands twice. Keep one of them."],
    ['{ "mcpServers": { "a": {}, "a": {} } }', "toolyard.json:1:19: mcpServers.a stands twice. Keep one of them."],
    ['{ "results": { "spil": "on" } }', `toolyard.json:1:16: results.spil is not a known key. Did you mean "spill"? ${correct}`],
    [
      '{ "results": { "maxBytes": "1KB" } }',
      `toolyard.json:1:28: results.maxBytes must be a size from 4KB to 256MB, such as "128KB" or "10MB". ${correct}`,
    ],
    ['{ "cluster": {} }', `toolyard.json:1:3: cluster is not available in this version. ${correct}`],
    [
      '{ "gateway": { "auth": { "key": true } } }',
      `toolyard.json:1:26: gateway.auth.key is not a known key. Did you mean "keys"? ${correct}`,
    ],
    [
      '{ "toolsets": { "x": { "budget": { "tools": 1 } } } }',
      `toolyard.json:1:45: toolsets.x.budget.tools must be a whole number from 5 to 10000. ${correct}`,
    ],
    ['{ "toolsets": { "x": { "mode": "al" } } }', `toolyard.json:1:32: toolsets.x.mode must be "auto", "all" or "search". ${correct}`],
    [
      '{ "selection": { "budget": { "token": 1 } } }',
      `toolyard.json:1:30: selection.budget.token is not a known key. Did you mean "tokens"? ${correct}`,
    ],
    [
      '{ "selection": { "mode": "serch" } }',
      `toolyard.json:1:26: selection.mode must be "auto", "all" or "search". Did you mean "search"? ${correct}`,
    ],
    [
      '{ "selection": { "pins": ["search"] } }',
      `toolyard.json:1:27: selection.pins[0] must be a server and a tool, such as "github/search_*". ${correct}`,
    ],
    ['{ "selection": { "embeddings": { "url": "http://x" } } }', `toolyard.json:1:32: selection.embeddings.model is missing. ${correct}`],
    [
      '{ "selection": { "embeddings": { "url": "x", "model": "m" } } }',
      `toolyard.json:1:41: selection.embeddings.url must be an http:// or https:// address without user, query or fragment. ${correct}`,
    ],
    [
      '{ "discovery": { "wait": "3" } }',
      `toolyard.json:1:26: discovery.wait must be a duration from 0ms to 5m, such as "250ms", "60s" or "10m". ${correct}`,
    ],
    [
      '{ "discovery": { "wait": "6m" } }',
      `toolyard.json:1:26: discovery.wait must be a duration from 0ms to 5m, such as "250ms", "60s" or "10m". ${correct}`,
    ],
    [
      '{ "limits": { "message": "1GB" } }',
      `toolyard.json:1:26: limits.message must be a size from 4KB to 256MB, such as "128KB" or "10MB". ${correct}`,
    ],
    [
      '{ "limits": { "starts": "5" } }',
      `toolyard.json:1:25: limits.starts must be a count from 1 to 1000 in a window from 1s to 1h, such as "5/60s". ${correct}`,
    ],
    ['{ "limits": { "queue": -1 } }', `toolyard.json:1:24: limits.queue must be a whole number from 0 to 100000. ${correct}`],
    ['{ "limits": { "queue": 1.5 } }', `toolyard.json:1:24: limits.queue must be a whole number from 0 to 100000. ${correct}`],
    ['{ "limits": { "queue": "1" } }', `toolyard.json:1:24: limits.queue must be a whole number from 0 to 100000. ${correct}`],
    [
      '{ "limits": { "backoff": { "first": "2m", "max": "1m" } } }',
      `toolyard.json:1:26: limits.backoff must not have a \`first\` above its \`max\`. ${correct}`,
    ],
    ['{ "limits": { "breaker": 5 } }', `toolyard.json:1:26: limits.breaker must be an object. ${correct}`],
    [
      '{ "naming": { "onConflict": "eror" } }',
      `toolyard.json:1:29: naming.onConflict must be "error", "first" or "suffix". Did you mean "error"? ${correct}`,
    ],
    ['{ "naming": { "separator": "." } }', `toolyard.json:1:28: naming.separator must be 1 to 8 letters, digits, _ or -. ${correct}`],
    ['{ "naming": { "maxLength": 8 } }', `toolyard.json:1:28: naming.maxLength must be a whole number from 32 to 128. ${correct}`],
    [
      '{ "naming": { "host": "emacs" } }',
      `toolyard.json:1:23: naming.host must be claude-code, codex, gemini-cli, opencode, or a prefix of letters, digits, _ and - that ends in _ or -. ${correct}`,
    ],
    [
      '{ "gateway": { "host": "0.0.0.0", "auth": { "keys": "yes" } } }',
      `toolyard.json:1:53: gateway.auth.keys must be true or false. ${correct}`,
    ],
    [
      '{ "gateway": { "host": "0.0.0.0" } }',
      "toolyard.json:1:24: gateway.host must be of this machine (127.0.0.1, ::1 or localhost) while nobody is asked who they are. Set gateway.auth.keys to true, and give each caller a key of `toolyard keys create`.",
    ],
    [
      '{ "gateway": { "host": "${NONE}" } }',
      "toolyard.json:1:24: gateway.host needs the variable NONE, which is not set. Set NONE, or give a default: ${env:NONE:-…}.",
    ],
    ['{ "gateway": { "port": 70000 } }', `toolyard.json:1:24: gateway.port must be a whole number from 0 to 65535. ${correct}`],
    [
      '{ "gateway": { "publicUrl": "tools.example" } }',
      `toolyard.json:1:29: gateway.publicUrl must be an http:// or https:// address without user, query or fragment. ${correct}`,
    ],
    [
      '{ "mcpServers": { "crm": { "url": "http://x" } }, "toolsets": { "t": { "servers": ["crn"] } } }',
      `toolyard.json:1:84: toolsets.t.servers[0] names a server that is not in mcpServers. Did you mean "crm"? ${correct}`,
    ],
    [
      '{ "toolsets": { "t": { "tools": ["search"] } } }',
      `toolyard.json:1:34: toolsets.t.tools[0] must be a server and a tool, such as "github/search_*". ${correct}`,
    ],
    ['{ "toolsets": { "server": {} } }', `toolyard.json:1:17: toolsets.server is a name that \`/mcp/server/…\` needs. ${correct}`],
    [
      '{ "toolsets": { "a b": {} } }',
      `toolyard.json:1:17: toolsets["a b"] must be named with at most 64 letters, digits, ".", _ and -, and "a b" is not. ${correct}`,
    ],
  ])("%s", (text, message) => {
    expect(refusal(text)).toBe(message);
  });

  it("lists every problem, each with its place", () => {
    expect(refusal('{\n  "cluster": {},\n  "naming": { "seperator": "_" },\n  "gateway": { "port": "x" }\n}').split("\n")).toEqual([
      "toolyard.json:2:3: cluster is not available in this version.",
      'toolyard.json:3:15: naming.seperator is not a known key. Did you mean "separator"?',
      `toolyard.json:4:24: gateway.port must be a whole number from 0 to 65535. ${correct}`,
    ]);
  });
});

describe("an entry that disables only its server", () => {
  it.each([
    ["5", `toolyard.json:1:24: mcpServers.a must be an object. ${correct}`],
    ["{}", "toolyard.json:1:24: mcpServers.a names no server. Give it a `command` (a program) or a `url` (an address)."],
    ['{ "comand": "x" }', `toolyard.json:1:26: mcpServers.a.comand is not a known key. Did you mean "command"? ${correct}`],
    ['{ "command": 5 }', `toolyard.json:1:37: mcpServers.a.command must be text, or a list of the program and its arguments. ${correct}`],
    ['{ "command": "" }', `toolyard.json:1:37: mcpServers.a.command must not be empty. ${correct}`],
    ['{ "command": "x", "args": "y" }', `toolyard.json:1:50: mcpServers.a.args must be a list. ${correct}`],
    ['{ "command": "x", "args": ["y", 5] }', `toolyard.json:1:56: mcpServers.a.args[1] must be text. ${correct}`],
    ['{ "command": "x", "env": { "PORT": 80 } }', `toolyard.json:1:59: mcpServers.a.env.PORT must be text. ${correct}`],
    ['{ "command": "x", "command": "y" }', "toolyard.json:1:26: mcpServers.a.command stands twice. Keep one of them."],
    [
      '{ "command": "x", "url": "http://y" }',
      "toolyard.json:1:49: mcpServers.a.url stands beside `command`. Keep one of them: a program, or an address.",
    ],
    ['{ "url": "y" }', `toolyard.json:1:33: mcpServers.a.url must be an http:// or https:// address. ${correct}`],
    ['{ "url": "file:///etc" }', `toolyard.json:1:33: mcpServers.a.url must be an http:// or https:// address. ${correct}`],
    [
      '{ "type": "sse", "command": "x" }',
      "toolyard.json:1:34: mcpServers.a.type does not fit `command`. Leave `type` out, or give a `url` in place of `command`.",
    ],
    [
      '{ "type": "stdio", "url": "http://y" }',
      "toolyard.json:1:34: mcpServers.a.type does not fit `url`. Leave `type` out, or give a `command` in place of the address.",
    ],
    ['{ "type": "ws", "url": "http://y" }', `toolyard.json:1:34: mcpServers.a.type must be "stdio", "http" or "sse". ${correct}`],
    [
      '{ "command": "${NONE}" }',
      "toolyard.json:1:37: mcpServers.a.command needs the variable NONE, which is not set. Set NONE, or give a default: ${env:NONE:-…}.",
    ],
    [
      '{ "url": "http://x", "headers": { "Authorization": "Bearer ${env:NONE}" } }',
      "toolyard.json:1:75: mcpServers.a.headers.Authorization needs the variable NONE, which is not set. Set NONE, or give a default: ${env:NONE:-…}.",
    ],
    [
      '{ "command": "x", "args": ["${oops"] }',
      'toolyard.json:1:51: mcpServers.a.args[0] holds a "${" that begins no placeholder. Write ${env:NAME}, ${env:NAME:-default}, ${file:PATH}, ${secret:NAME} or ${input:NAME}, or $${ for a plain ${.',
    ],
    ['{ "command": "x", "args": ["a\\u0000b"] }', `toolyard.json:1:51: mcpServers.a.args[0] holds a NUL character. ${correct}`],
    ['{ "command": "x", "env": { "A=B": "c" } }', `toolyard.json:1:58: mcpServers.a.env["A=B"] is no name of a variable. ${correct}`],
    [
      '{ "url": "http://x", "headers": { "a b": "c" } }',
      `toolyard.json:1:65: mcpServers.a.headers["a b"] is no name of a header. ${correct}`,
    ],
    [
      '{ "url": "http://x", "headers": { "A": "b\\nC: d" } }',
      `toolyard.json:1:63: mcpServers.a.headers.A holds a character that a header cannot carry, such as a line break. ${correct}`,
    ],
    [
      '{ "command": "x", "envFile": "/no/such/.env" }',
      "toolyard.json:1:53: mcpServers.a.envFile needs the file /no/such/.env, which cannot be read. Create it, or correct the path.",
    ],
    [
      '{ "command": "x", "connect": "eagre" }',
      `toolyard.json:1:53: mcpServers.a.connect must be "eager" or "lazy". Did you mean "eager"? ${correct}`,
    ],
    ['{ "command": "x", "namespace": "a/b" }', `toolyard.json:1:55: mcpServers.a.namespace must be letters, digits, _ and -. ${correct}`],
    [
      `{ "command": "x", "namespace": "${"n".repeat(47)}" }`,
      "toolyard.json:1:55: mcpServers.a.namespace must be at most 46 characters long, so that names fit. Give the server a shorter `namespace`.",
    ],
    [
      '{ "command": "x", "timeouts": { "call": "60" } }',
      `toolyard.json:1:64: mcpServers.a.timeouts.call must be a duration from 100ms to 24h, such as "250ms", "60s" or "10m". ${correct}`,
    ],
    [
      '{ "command": "x", "timeouts": { "call": "2m", "callMax": "1m" } }',
      `toolyard.json:1:81: mcpServers.a.timeouts.callMax must not be shorter than \`call\` or one of \`tools\`, which would never be reached. ${correct}`,
    ],
    [
      '{ "command": "x", "tools": { "alow": [] } }',
      `toolyard.json:1:53: mcpServers.a.tools.alow is not a known key. Did you mean "allow"? ${correct}`,
    ],
    ['{ "command": "x", "tools": 5 }', `toolyard.json:1:51: mcpServers.a.tools must be an object, or a list of names. ${correct}`],
    [
      '{ "command": "x", "tools": { "override": { "t": { "name": "a b" } } } }',
      `toolyard.json:1:82: mcpServers.a.tools.override.t.name must be 1 to 64 letters, digits, _ or -. ${correct}`,
    ],
    [
      '{ "command": "x", "tools": { "override": { "t": { "arguments": { "r": { "value": 1, "default": 2 } } } } } }',
      `toolyard.json:1:94: mcpServers.a.tools.override.t.arguments.r must not have a \`default\` or a \`name\` beside a \`value\`, which hides it. ${correct}`,
    ],
    [
      '{ "command": "x", "instructions": 5 }',
      `toolyard.json:1:58: mcpServers.a.instructions must be "own", "off" or { "text": "…" }. ${correct}`,
    ],
    [
      '{ "command": "x", "credentials": "per-user" }',
      `toolyard.json:1:42: mcpServers.a.credentials is not available in this version. ${correct}`,
    ],
  ])("%s", (entry, message) => {
    expect(rejection(entry)).toBe(message);
  });

  it.each([
    ["__proto__", "is a name that JavaScript itself uses."],
    ["constructor", "is a name that JavaScript itself uses."],
    ["toString", "is a name that JavaScript itself uses."],
    ["hasOwnProperty", "is a name that JavaScript itself uses."],
    ["prototype", "is a name that JavaScript itself uses."],
    ["", "must not be empty."],
    [".", "is a folder, not a name."],
    ["..", "is a folder, not a name."],
    ["a/b", "must not hold / or \\."],
    ["a\\b", "must not hold / or \\."],
    ["a\nb", "must not hold characters that cannot be seen."],
    ["a\u001bb", "must not hold characters that cannot be seen."],
    ["a\u202eb", "must not hold characters that cannot be seen."],
    ["a\u200bb", "must not hold characters that cannot be seen."],
    [" a", "must not begin or end with a space."],
    ["a".repeat(65), "must be at most 64 characters long."],
  ])("one that is called %j", (name, says) => {
    const { servers, rejected } = read(`{ "mcpServers": { ${JSON.stringify(name)}: { "command": "x" }, "good": { "command": "x" } } }`);
    expect([...servers.keys()]).toEqual(["good"]);
    expect(rejected.get(name)?.message.endsWith(` ${says}`)).toBe(true);
    expect(rejected.get(name)?.details).toEqual({ server: name, at: "toolyard.json:1:19", mend: "Give the server another name." });
    expect(Object.hasOwn(Object.prototype, "command")).toBe(false);
  });

  it("never writes a character that cannot be seen", () => {
    const { rejected } = read('{ "mcpServers": { "a\\u202eb\\u001b": {} } }');
    expect([...rejected.values()].map(({ message }) => message)).toEqual([
      'mcpServers["a\\u{202e}b\\u001b"] must not hold characters that cannot be seen.',
    ]);
  });

  it("one that differs from an earlier one only in case", () => {
    const { servers, rejected } = parseConfig({ mcpServers: { GitHub: { command: "x" }, github: { command: "y" } } }, options);
    expect([...servers.keys()]).toEqual(["GitHub"]);
    expect(rejected.get("github")?.message).toBe('mcpServers.github differs from "GitHub" only in case.');
  });

  it("one of ten, and the other nine start", () => {
    const names = Array.from({ length: 10 }, (_, index) => `s${index}x`);
    const entries = Object.fromEntries(names.map((name, index) => [name, index === 4 ? { command: "x", oops: 1 } : { command: "x" }]));
    const { servers, rejected } = parseConfig({ mcpServers: entries }, options);
    expect([servers.size, [...rejected.keys()]]).toEqual([9, ["s4x"]]);
  });

  it("lists everything that is wrong in one entry", () => {
    const error = read('{ "mcpServers": { "a": {\n "command": "${NONE}",\n "args": ["${NADA}"] } } }').rejected.get("a");
    expect(error?.details.at).toBe("toolyard.json:2:13");
    expect(error?.message).toBe(
      "mcpServers.a.command needs the variable NONE, which is not set.\ntoolyard.json:3:11: mcpServers.a.args[0] needs the variable NADA, which is not set.",
    );
  });
});

describe("namespaces", () => {
  const names = (entries: Record<string, object>, naming: object = {}): [string[], string[]] => {
    const { servers, rejected } = parseConfig({ mcpServers: entries, naming }, options);
    return [[...servers.keys()], [...rejected.values()].map(({ message }) => message)];
  };
  const command = "x";

  it("that are a prefix of another are refused, both named", () => {
    expect(names({ db: { command }, other: { command, namespace: "db__x" } })).toEqual([
      ["db"],
      ['mcpServers.other.namespace ("db__x") cannot be told from the namespace of the server "db", so "other" is left out.'],
    ]);
  });

  it("are compared as models confuse them", () => {
    expect(names({ "my-db": { command }, My_DB: { command } })[0]).toEqual(["my-db"]);
    expect(names({ a: { command, namespace: "x-" }, b: { command, namespace: "X_" } })[0]).toEqual(["a"]);
  });

  it("may begin alike, as long as the separator tells them apart", () => {
    expect(names({ git: { command }, github: { command }, git2: { command } })[0]).toEqual(["git", "github", "git2"]);
    expect(names({ db: { command }, db_x: { command } }, { separator: "_" })[0]).toEqual(["db"]);
  });

  it("that are empty are never refused", () => {
    expect(names({ a: { command, namespace: "" }, b: { command, namespace: "" }, c: { command } })[0]).toEqual(["a", "b", "c"]);
  });

  it("are not held by a disabled server, but are by one that is wrong", () => {
    expect(names({ a: { command, namespace: "n", disabled: true }, b: { command, namespace: "n" } })[0]).toEqual(["a", "b"]);
    expect(names({ a: { command, namespace: "n", oops: 1 }, b: { command, namespace: "n" } })[0]).toEqual([]);
  });

  it("of a server with other characters in its name use _ for them", () => {
    const { servers } = parseConfig({ mcpServers: { "my.db (old)": { command } } }, options);
    expect(servers.get("my.db (old)")?.namespace).toBe("my_db__old_");
  });
});

describe("a file that is read", () => {
  it("may hold comments, trailing commas and a byte order mark", () => {
    const config = read('\uFEFF{ // one\n "mcpServers": { /* two */ "a": { "command": "x", "args": ["y",], }, }, }');
    expect(config.servers.get("a")?.transport).toMatchObject({ command: "x", args: ["y"] });
  });

  it("may be empty of servers, or of everything", () => {
    expect(read("{}").servers.size).toBe(0);
    expect(read('{ "$schema": "x", "mcpServers": {} }').servers.size).toBe(0);
  });

  it("replaces placeholders of the gateway", () => {
    expect(read('{ "gateway": { "host": "${HOST}", "publicUrl": "${URL:-https://x.example}" } }').gateway).toEqual({
      host: "127.0.0.1",
      port: 8808,
      publicUrl: "https://x.example",
      auth: { keys: false },
    });
  });

  it.each(["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "LOCALHOST"])("may listen on %s", (host) => {
    expect(parseConfig({ gateway: { host } }).gateway.host).toBe(host);
  });

  it.each(["0.0.0.0", "::", "", "10.0.0.1", "127.0.0.1.evil.example", "localhost.evil.example", "1270.0.0.1"])(
    "may not listen on %j",
    (host) => {
      expect(() => parseConfig({ gateway: { host } })).toThrow(ToolyardError);
    },
  );

  it("knows the prefixes of hosts, and takes others", () => {
    expect(parseConfig({ naming: { host: "claude-code" } }).naming.hostPrefix).toBe("mcp__toolyard__");
    expect(parseConfig({ naming: { host: "mcp__yard__" } }).naming.hostPrefix).toBe("mcp__yard__");
    expect(() => parseConfig({ naming: { host: "constructor" } })).toThrow(ToolyardError);
  });
});

describe("no message", () => {
  const canary = "c4nary-5ecret-value";
  const places = {
    command: canary,
    args: [canary, { bad: canary }],
    env: { TOKEN: `${canary}\0`, BAD: { [canary.length]: canary } },
    headers: { Authorization: `Bearer ${canary}\n` },
    url: `ftp://me:${canary}@x/`,
    type: canary,
    connect: canary,
    namespace: `${canary}/`,
    timeouts: { call: canary },
    tools: { override: { t: { name: `${canary} ` } } },
    instructions: [canary],
    trust: canary,
    roots: [5, canary],
  };

  it.each(Object.keys(places))("shows a secret that stands in %s", (key) => {
    const value = places[key as keyof typeof places];
    for (const base of [{ command: "x" }, { url: "http://x" }, {}]) {
      const config = parseConfig({ mcpServers: { a: { ...base, [key]: value } } }, options);
      for (const error of config.rejected.values()) {
        expect(JSON.stringify(error) + explain(error) + inspect(error, { depth: 9 })).not.toContain(canary);
      }
    }
  });

  it("shows a secret that stands elsewhere", () => {
    const text = `{ "naming": { "onConflict": "${canary}", "host": "${canary}" }, "gateway": { "host": "${canary}", "port": "${canary}" },
      "selection": { "mode": "${canary}" }, "limits": { "starts": "${canary}", "message": "${canary}" }, "mcpServers": "${canary}" }`;
    expect(refusal(text)).not.toContain(canary);
    expect(refusal(`{ "a": "${canary}`)).not.toContain(canary);
    expect(refusal(`{ "a": ${canary} }`)).not.toContain(canary);
  });

  it("nor the printed configuration shows one from outside, in its Secrets", () => {
    const config = parseConfig(
      {
        mcpServers: {
          a: { url: "https://x", headers: { Authorization: "Bearer ${TOKEN}", Plain: "p" } },
          b: { command: "x", env: { A: "${TOKEN}", B: "b" } },
        },
      },
      options,
    );
    expect(inspect(config, { depth: 9 }) + JSON.stringify([...config.servers.values()])).not.toContain(env.TOKEN);
  });
});

describe("loadConfig", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "toolyard-load-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("names a file that is not there", async () => {
    const file = join(folder, "none.json");
    await expect(loadConfig(file)).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND", message: `There is no file ${file}.` });
  });

  it("says so when it cannot be read", async () => {
    await expect(loadConfig(folder)).rejects.toMatchObject({ code: "CONFIG_INVALID", message: `${folder} cannot be read.` });
  });

  it("starts programs in the folder of the file, and takes paths from there", async () => {
    const file = join(folder, "toolyard.json");
    const entry = (more: object): object => ({ command: "x", ...more });
    await writeFile(join(folder, "key"), "from-a-file");
    await chmod(join(folder, "key"), 0o600);
    await writeFile(join(folder, ".env"), "A=1\nB='two words'\n");
    const mcpServers = {
      a: entry({}),
      b: entry({ cwd: "sub", roots: ["data"] }),
      c: entry({ args: ["${file:key}"] }),
      d: entry({ envFile: ".env", env: { A: "own" } }),
    };
    await writeFile(file, JSON.stringify({ mcpServers }));
    const { servers, rejected } = await loadConfig(file, options);
    expect([...rejected.values()]).toEqual([]);
    expect(servers.get("a")?.transport).toMatchObject({ cwd: folder });
    expect(servers.get("b")?.transport).toMatchObject({ cwd: join(folder, "sub") });
    expect(servers.get("b")?.roots).toEqual([`file://${join(folder, "data")}`]);
    expect(servers.get("c")?.transport).toMatchObject({ args: ["from-a-file"] });
    const transport = servers.get("d")?.transport;
    const given = transport?.kind === "stdio" ? transport.env : {};
    expect(Object.entries(given).map(([name, value]) => [name, reveal(value)])).toEqual([
      ["A", "own"],
      ["B", "two words"],
    ]);
  });
});
