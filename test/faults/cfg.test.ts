/** CFG: what is wrong with a configuration is said, costs nobody else anything, and never starts anything. */

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startHttp, stdioServer, tempDir, watchedServer } from "../support/fixture.ts";
import { processesWith } from "../support/processes.ts";
import { makeHome, startGateway, type Outcome } from "./gateway.ts";

const GOOD = stdioServer();

/** A server whose start would be seen. */
function witness(): ReturnType<typeof watchedServer> {
  return watchedServer({ "log-env": true });
}

describe.concurrent("CFG-01", () => {
  const entry = JSON.stringify(GOOD);
  const cases: [string, string, string][] = [
    ["a brace too few", `{\n  "mcpServers": {\n    "a": ${entry}\n`, "4:1"],
    ["a comma missing", `{ "mcpServers": { "a": ${entry} }\n  "naming": {} }`, "2:3"],
    ["nothing at all", "", "1:1"],
    ["two documents", `{ "mcpServers": { "a": ${entry} } }\n{}`, "2:1"],
    ["no JSON at all", "mcpServers:\n  a:\n    command: node\n", "1:1"],
    ["bytes of a program", "\u007fELF\u0000\u0001\u0002", "1:1"],
  ];

  it.each(cases)("CFG-01 %s: exit 2, file:line:col, nothing started, the file as it was", async (_, text, place) => {
    using server = witness();
    using home = makeHome(text.replaceAll(entry, JSON.stringify(server.entry)));
    const before = [readFileSync(home.configFile), statSync(home.configFile).mtimeMs];
    const outcome = await home.run(["serve", "--config", home.configFile, "--port", "0"]);
    expect(outcome.code).toBe(2);
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr.split("\n")[0]).toContain(`toolyard.json:${place}: `);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(server.log.all()).toEqual([]);
    expect(filesIn(home.env["XDG_RUNTIME_DIR"])).toEqual([]); // neither socket nor record of a gateway
    expect([readFileSync(home.configFile), statSync(home.configFile).mtimeMs]).toEqual(before);
    expect(processesWith(home.canary)).toEqual([]);
  });

  it("CFG-01 every command gives that verdict, and with --json as data", async () => {
    using home = makeHome('{ "mcpServers": { ');
    const commands = ["check", "call x", "stdio", "stdio --own"];
    const outcomes = await inTurn(commands, (command) => home.run([...command.split(" "), "--config", home.configFile]));
    expect(outcomes.map(({ code }) => code)).toEqual(commands.map(() => 2));
    for (const { stderr } of outcomes) expect(stderr).toContain("toolyard.json:1:");
    const { code, stdout } = await home.run(["serve", "--json", "--config", home.configFile]);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      2,
      { error: { code: "CONFIG_INVALID", at: expect.stringContaining(":1:") as string } },
    ]);
  });

  it("CFG-01 a folder, or a file that is not there, is exit 2 too", async () => {
    using home = makeHome();
    const folder = await home.run(["serve", "--config", home.directory.path]);
    const missing = await home.run(["serve", "--config", home.directory.file("none.json")]);
    expect([folder.code, missing.code]).toEqual([2, 2]);
    expect(folder.stderr).toContain(home.directory.path);
    expect(missing.stderr).toContain("none.json");
  });
});

describe.concurrent("CFG-02", () => {
  /** Entries, each with what its rejection must say: the path of the key, and the mend or the nearest name. */
  const wrong: Record<string, [entry: unknown, path: string, says: RegExp]> = {
    typo: [{ comand: "node" }, "comand", /"command"/],
    nothing: [{}, "nothing", /command/],
    number: [{ command: 7 }, "command", /text/],
    list: [{ command: "node", args: "x" }, "args", /list/],
    depth: [{ ...GOOD, timeouts: { cal: "1s" } }, "timeouts.cal", /"call"/],
    unit: [{ ...GOOD, timeouts: { call: "5 parsecs" } }, "timeouts.call", /./],
    range: [{ ...GOOD, timeouts: { call: "1ms" } }, "timeouts.call", /100 ?ms/],
    both: [{ command: "node", url: "http://127.0.0.1:1/mcp" }, "both", /command|url/],
    kind: [{ ...GOOD, type: "carrier-pigeon" }, "type", /stdio/],
    scheme: [{ url: "ftp://127.0.0.1/mcp" }, "url", /http/],
    text: [{ url: "not a url" }, "url", /./],
    header: [{ url: "http://127.0.0.1:1/mcp", headers: { "X-Bad": "a\r\nb" } }, "headers", /./],
    word: [{ ...GOOD, connect: "later" }, "connect", /"?lazy/],
    flag: [{ ...GOOD, disabled: "yes" }, "disabled", /true or false/],
    null: [null, "null", /object/],
  };

  it("CFG-02 says for every faulty entry where and what; check gives the verdict of a start", async () => {
    const entries = Object.entries(wrong).map(([name, [entry]]) => [name, entry]);
    await using gateway = await startGateway({ mcpServers: { good: GOOD, ...(Object.fromEntries(entries) as object) } });
    const { servers } = await gateway.state();
    const config = ["--config", gateway.home.configFile];
    const check = await gateway.home.run(["check", "--json", ...config]);
    const strict = await gateway.home.run(["serve", "--strict", ...config]);
    const { findings } = JSON.parse(check.stdout) as { findings: { about: string; says: string }[] };
    expect([check.code, strict.code]).toEqual([2, 2]);
    for (const [name, [, path, says]] of Object.entries(wrong)) {
      const status = servers.find((server) => server.name === name);
      expect(status).toMatchObject({ state: "disabled", reason: expect.stringMatching(/toolyard\.json:\d+:\d+: /) as string });
      expect(status?.reason).toContain(path);
      expect(`${status?.reason} ${status?.mend}`, name).toMatch(says);
      expect(findings.find(({ about }) => about === name)?.says).toBe(status?.reason);
      expect(strict.stderr.replaceAll(/\s+/g, " ")).toContain(status?.reason?.split("\n")[0]?.replaceAll(/\s+/g, " "));
    }
    await gateway.untilServer("good", "ready");
  });

  it("CFG-02 refuses the file for faults outside the entries, all of them at once", async () => {
    using server = witness();
    using home = makeHome({
      mcpServers: { a: server.entry },
      mcpServer: {},
      limits: { queue: -1, brekaer: {}, message: "1GB", drain: "soon" },
      naming: { separator: "//", maxLength: 3 },
      discovery: { wait: 3000.5 },
      gateway: { port: 70_000 },
      toolsets: { x: { tools: ["no-slash"] } },
    });
    const keys =
      "mcpServer limits.queue limits.brekaer limits.message limits.drain naming.separator naming.maxLength gateway.port toolsets.x";
    const outcomes = await inTurn(["serve", "check"], (command) => home.run([command, "--config", home.configFile]));
    for (const { code, stderr } of outcomes) {
      expect(code).toBe(2);
      for (const key of keys.split(" ")) expect(stderr).toContain(key);
      for (const nearest of ['"mcpServers"', '"breaker"']) expect(stderr).toContain(nearest);
    }
    expect(outcomes[0]?.stderr).toBe(outcomes[1]?.stderr);
    expect(server.log.all()).toEqual([]);
  });
});

describe("CFG-03", () => {
  const nine = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`s${index}`, GOOD]));

  it("CFG-03 nine servers start beside a broken entry, which is listed with its reason", async () => {
    await using gateway = await startGateway({ mcpServers: { ...nine, bad: { comand: "x" } } });
    await gateway.untilReady(Object.keys(nine));
    expect(await gateway.server("bad")).toMatchObject({ state: "disabled", reason: expect.stringContaining("comand") as string });
    await using client = await gateway.client();
    const names = await client.toolNames();
    for (const name of Object.keys(nine)) expect(names).toContain(`${name}__echo`);
    expect(names.filter((name) => name.startsWith("bad"))).toEqual([]);
    expect((await fetch(gateway.at("/readyz"))).status).toBe(200);
  });

  it("CFG-03 with --strict that is exit 2, and nothing is started", async () => {
    using server = witness();
    using home = makeHome({ mcpServers: { good: server.entry, bad: { comand: "x" } } });
    const outcome = await home.run(["serve", "--strict", "--port", "0", "--config", home.configFile]);
    expect([outcome.code, outcome.stdout]).toEqual([2, ""]);
    expect(outcome.stderr).toMatch(/mcpServers\.bad\.comand/);
    expect(server.log.all()).toEqual([]);
  });
});

describe.concurrent("CFG-04", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "", "a/b", "a\\b", "..", ".", "GOOD", "x\u0000y"];

  it("CFG-04 refuses names that JavaScript or a file system would trip over, and stays what it is", async () => {
    using server = witness();
    const polluting = `{ "polluted": true, "disabled": true, "command": "node", "tools": { "override": { "__proto__": { "name": "polluted" } } } }`;
    const entries = names.map((name) => `${JSON.stringify(name)}: ${polluting}`);
    const entry = { ...server.entry, env: { ...server.entry.env, __proto__: null } };
    const good = JSON.stringify(entry).replace('"env":{', '"env":{"__proto__":"env",');
    using home = makeHome(`{ "mcpServers": { "good": ${good}, ${entries.join(", ")} } }`);
    const seen = home.directory.file("prototype.json");
    const spy = home.directory.file("spy.mjs");
    writeFileSync(spy, spyOnPrototype(seen));
    {
      await using gateway = await home.serve([], { env: { NODE_OPTIONS: `--import=${spy}` } });
      await gateway.untilServer("good", "ready");
      const { servers } = await gateway.state();
      for (const name of names)
        expect(
          servers.find((each) => each.name === name),
          name,
        ).toMatchObject({ state: "disabled" });
      expect(servers.filter(({ reason }) => reason !== undefined).length).toBe(names.length);
      for (const { reason } of servers.slice(1)) expect(reason).toMatch(/toolyard\.json:1:\d+: mcpServers/);
      await using client = await gateway.client();
      expect(await client.text("good__echo", { text: "whole" })).toBe("whole");
    }
    expect(JSON.parse(readFileSync(seen, "utf8"))).toEqual({ added: [], polluted: false });
    const written = readdirSync(home.directory.path).toSorted();
    expect(written).toEqual(["cache", "prototype.json", "run", "spy.mjs", "state", "toolyard.json"]);
  });

  it("CFG-04 the same names by the command line, and as the names of toolsets", async () => {
    using home = makeHome();
    const file = readFileSync(home.configFile, "utf8");
    const bad = ["__proto__", "constructor", "..", "a/b", "x\ny"];
    const outcomes = await inTurn(bad, (name) => home.run(["add", name, "http://127.0.0.1:1/mcp", "--config", home.configFile]));
    expect(outcomes.map(({ code }) => code)).toEqual(bad.map(() => 2));
    expect(readFileSync(home.configFile, "utf8")).toBe(file);
    home.configure('{ "mcpServers": {}, "toolsets": { "__proto__": { "servers": [] } } }');
    await using gateway = await home.serve();
    expect((await fetch(gateway.at("/mcp/__proto__"), { method: "GET" })).status).toBe(404);
    expect((await fetch(gateway.at("/mcp/constructor"), { method: "GET" })).status).toBe(404);
    expect((await fetch(gateway.at("/mcp/server/__proto__"), { method: "GET" })).status).toBe(404);
  });
});

describe.concurrent("CFG-05", () => {
  it("CFG-05 a placeholder without a value disables its server, names it, and puts nothing on the wire", async () => {
    using server = witness();
    await using http = await startHttp();
    const place = (what: string, where: object): [string, object] => [what, where];
    const lacking = Object.fromEntries([
      place("env", { ...server.entry, env: { ...server.entry.env, X: "${MISSING_VARIABLE}" } }),
      place("named", { ...server.entry, env: { ...server.entry.env, X: "a${env:MISSING_VARIABLE}b" } }),
      place("args", { ...server.entry, args: [...server.entry.args, "${MISSING_VARIABLE}"] }),
      place("command", { ...server.entry, command: "${MISSING_VARIABLE}" }),
      place("cwd", { ...server.entry, cwd: "${MISSING_VARIABLE}" }),
      place("headers", { url: http.url, headers: { Authorization: "Bearer ${MISSING_VARIABLE}" } }),
      place("url", { url: `${http.url}?key=\${MISSING_VARIABLE}` }),
      place("file", { url: http.url, headers: { "X-Key": "${file:./MISSING_VARIABLE}" } }),
      place("secret", { url: http.url, headers: { "X-Key": "${secret:MISSING_VARIABLE}" } }),
      place("input", { url: http.url, headers: { "X-Key": "${input:MISSING_VARIABLE}" } }),
      place("empty", { url: http.url, headers: { Authorization: "Bearer ${EMPTY_VARIABLE}" } }),
      place("broken", { url: http.url, headers: { "X-Key": "${MISSING_VARIABLE" } }),
    ]);
    using home = makeHome({ mcpServers: { ...lacking, good: GOOD } });
    await using gateway = await home.serve([], { env: { EMPTY_VARIABLE: "" } });
    await gateway.untilServer("good", "ready");
    for (const name of Object.keys(lacking)) {
      const { state, reason, mend } = await gateway.server(name);
      expect([name, state]).toEqual([name, "disabled"]);
      expect(`${reason} ${mend}`).toMatch(name === "broken" ? /\$\{/ : /(MISSING|EMPTY)_VARIABLE/);
    }
    expect(server.log.all()).toEqual([]);
    expect(http.log.all({ what: "headers" })).toEqual([]);
  });

  it("CFG-05 a default, a literal and a value are what arrives; a value is not expanded again", async () => {
    using server = witness();
    using home = makeHome({
      mcpServers: {
        s: {
          ...server.entry,
          args: [...server.entry.args, "--", "$${HOME}", "$HOME", "$(HOME)"],
          env: { ...server.entry.env, A: "${MISSING_VARIABLE:-fallback}", B: "$${HOME}", C: "${NESTED_VALUE}" },
        },
      },
    });
    await using gateway = await home.serve([], { env: { NESTED_VALUE: "${HOME} $${x} ${MISSING_VARIABLE}" } });
    await gateway.untilReady();
    const started = server.log.all({ what: "start" })[0];
    expect(started?.["env"]).toMatchObject({ A: "fallback", B: "${HOME}", C: "${HOME} $${x} ${MISSING_VARIABLE}" });
    expect(started?.["argv"]).toEqual(expect.arrayContaining(["${HOME}", "$HOME", "$(HOME)"]));
  });
});

describe("CFG-06", () => {
  it("CFG-06 no shell reads command or arguments", async () => {
    using place = tempDir();
    using server = witness();
    const canary = place.file("canary");
    const touch = `touch ${canary}`;
    const words = [
      `$(${touch})`,
      `\`${touch}\``,
      "&&",
      touch,
      `; ${touch}`,
      `| ${touch}`,
      `a\n${touch}\n`,
      "",
      "*",
      "~",
      `"'\\`,
      "> x",
      "ü€😀",
      `--x=$(${touch})`,
    ];
    const command = (text: string, ...args: string[]): object => ({ command: text, args });
    await using gateway = await startGateway({
      mcpServers: {
        words: { ...server.entry, args: [...server.entry.args, "--", ...words] },
        line: command(`npx x; ${touch}`),
        substituted: command(`$(${touch})`),
        spaced: command(`${process.execPath} -e process.exit()`),
        windows: command(`node & ${touch}`, "%COMSPEC%"),
      },
    });
    await gateway.untilServer("words", "ready");
    for (const name of ["line", "substituted", "spaced", "windows"]) {
      expect(await gateway.untilServer(name, "failed")).toMatchObject({ reason: expect.stringContaining("was not found") as string });
    }
    const argv = server.log.all({ what: "start" })[0]?.["argv"] as string[];
    expect(argv.slice(argv.indexOf("--") + 1)).toEqual(words);
    expect(existsSync(canary)).toBe(false);
  });

  it("CFG-06 nor by the command line that adds a server", async () => {
    using home = makeHome();
    const canary = home.directory.file("canary");
    const args = [`$(touch ${canary})`, "a b", "&&", "touch", canary];
    const outcome = await home.run(["add", "s", "--config", home.configFile, "--", "my-server", ...args]);
    expect(outcome).toMatchObject({ code: 0 } satisfies Partial<Outcome>);
    const written = JSON.parse(readFileSync(home.configFile, "utf8")) as { mcpServers: Record<string, { args: string[] }> };
    expect(written.mcpServers["s"]?.args).toEqual(args);
    expect(existsSync(canary)).toBe(false);
  });
});

function filesIn(folder = ""): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}

async function inTurn<T, R>(all: readonly T[], action: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const each of all) results.push(await action(each));
  return results;
}

/** A module that, at the end of the process, tells what was put on the prototype of all objects. */
function spyOnPrototype(file: string): string {
  return `
    import { writeFileSync } from "node:fs";
    const before = new Set(Object.getOwnPropertyNames(Object.prototype));
    process.on("exit", () => {
      const added = Object.getOwnPropertyNames(Object.prototype).filter((name) => !before.has(name));
      writeFileSync(${JSON.stringify(file)}, JSON.stringify({ added, polluted: ({}).polluted !== undefined }));
    });`;
}
