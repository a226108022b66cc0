/** Persistence: files that are written, broken, from another time, or replaced under a running gateway. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseConfigText } from "../../src/config/load.ts";
import { stdioServer, watchedServer } from "../support/fixture.ts";
import { pause, until } from "../support/wait.ts";
import { makeHome, START_MS, startGateway, type Gateway, type Home } from "./gateway.ts";

/** How soon a saved file must have had its effect, with slack. */
const RELOAD_MS = 10_000;

const EDITOR = `
import { addServer } from ${JSON.stringify(new URL("../../src/config/file/edit.ts", import.meta.url).href)};
import { editConfig } from ${JSON.stringify(new URL("../../src/config/file/write.ts", import.meta.url).href)};
const [file, from] = process.argv.slice(1);
for (let nth = Number(from); nth < 200; nth++) {
  await editConfig(file, addServer("s" + String(nth).padStart(3, "0"), { command: "x", args: ["y".repeat(500)] }));
  console.log(nth);
}`;

describe.concurrent("written while something kills", () => {
  it("PER-01 two hundred edits, their process killed again and again: the file is always whole, no acknowledged edit is lost", async () => {
    using home = makeHome({ mcpServers: {} });
    const { configFile } = home;
    let kills = 0;
    for (let done = 0; done < 200;) {
      const words = ["--input-type=module-typescript", "-e", EDITOR, configFile, String(done)];
      const editor = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...home.env } });
      const exited = once(editor, "exit");
      let said = "";
      editor.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
      await Promise.race([once(editor.stdout, "data"), exited]);
      await Promise.race([pause(Math.random() * 800), exited]);
      if (editor.kill("SIGKILL")) kills++;
      await exited;
      const { servers, rejected } = parseConfigText(readFileSync(configFile, "utf8"), configFile);
      expect(rejected.size).toBe(0);
      const names = [...servers.keys()];
      expect(names).toEqual(names.map((_, nth) => `s${String(nth).padStart(3, "0")}`));
      const acknowledged = Number(said.trim().split("\n").at(-1) || done - 1) + 1;
      expect(names.length).toBeGreaterThanOrEqual(acknowledged);
      done = names.length;
    }
    expect(kills).toBeGreaterThan(1);
  });

  it("PER-01 a gateway killed while it writes its state: the next one starts, and everything reads", async () => {
    const entries = Array.from({ length: 3 }, (_, nth) => [`s${nth}`, stdioServer({ tools: 100 * nth })] as const);
    using home = makeHome({ mcpServers: Object.fromEntries(entries) });
    for (let round = 0; round < 6; round++) {
      const gateway = await home.serve();
      await pause(round * 120);
      gateway.kill("SIGKILL");
      await gateway.exited;
      for (const file of filesOf(home).filter((name) => name.endsWith(".json"))) JSON.parse(readFileSync(file, "utf8"));
    }
    await using gateway = await home.serve();
    await gateway.untilReady();
    expect(gateway.log).not.toMatch(/cannot be read|are not what/);
    for (const file of filesOf(home)) expect(`${file} ${(statSync(file).mode & 0o077).toString(8)}`).toBe(`${file} 0`);
  });

  it("PER-02 commands and an editor change one file at once: every edit is there, or its command has failed", async () => {
    using home = makeHome('{\n  // kept\n  "mcpServers": {}\n}\n');
    await using gateway = await home.serve();
    const names = Array.from({ length: 8 }, (_, nth) => `s${nth}`);
    const edits = names.map((name) => home.run(["add", name, "--config", home.configFile, "--", process.execPath, name]));
    const off = home.run(["disable", "s0", "--config", home.configFile]);
    const outcomes = await Promise.all(edits);
    await off;
    expect(outcomes.map(({ code }) => code)).toEqual(names.map(() => 0));
    const text = readFileSync(home.configFile, "utf8");
    expect([...parseConfigText(text, home.configFile).servers.keys()].toSorted()).toEqual(names);
    expect(text).toContain("// kept");
    expect(readdirSync(home.directory.path).filter((name) => /lock|tmp/.test(name))).toEqual([]);
    await until(async () => (await gateway.state()).servers.length === names.length, RELOAD_MS);
  });

  it("PER-02 what an editor saves in between is not overwritten", async () => {
    using home = makeHome({ mcpServers: {} });
    const adds = Array.from({ length: 6 }, (_, nth) => home.run(["add", `s${nth}`, "--config", home.configFile, "--", process.execPath]));
    const by = setInterval(() => {
      const value = JSON.parse(readFileSync(home.configFile, "utf8")) as { mcpServers: Record<string, object> };
      value.mcpServers["edited"] = { command: "by-hand" };
      const beside = `${home.configFile}.by-hand`;
      writeFileSync(beside, JSON.stringify(value, undefined, 2));
      renameSync(beside, home.configFile);
    }, 40);
    const outcomes = await Promise.all(adds).finally(() => clearInterval(by));
    const { servers } = parseConfigText(readFileSync(home.configFile, "utf8"), home.configFile);
    expect(servers.has("edited")).toBe(true);
    expect(outcomes.every(({ code, stderr }) => code === 0 || /changed by something else/.test(stderr))).toBe(true);
  });
});

const BROKEN: Readonly<Record<string, string>> = {
  empty: "",
  half: '{"format":1,"server":"s","lists":{"tools":[{"na',
  "other JSON": '{"format":1}',
  "a number": "7",
  deep: "[".repeat(200_000) + "]".repeat(200_000),
  "bytes that are no text": "\u0000\u0001\ufffd",
  "of a version to come": '{"format":99,"server":"s","lists":{"new":true}}',
};

/** Those that differ to whoever reads them. */
const IN_STATE: ReadonlySet<string> = new Set(["empty", "half", "other JSON", "deep"]);

describe.concurrent("broken or of another version", () => {
  it.each(Object.entries(BROKEN))("PER-03 a cache that is %s is left aside with a warning, and made again", async (what, text) => {
    using server = watchedServer();
    using home = makeHome({ mcpServers: { s: server.entry } });
    await run(home, (gateway) => gateway.untilReady());
    const [cache = ""] = filesOf(home).filter((name) => name.includes("/lists/"));
    writeFileSync(cache, text);
    await run(home, async (gateway) => {
      await gateway.untilReady();
      await using client = await gateway.client();
      expect(await client.text("s__echo", { text: what })).toBe(what);
      expect(gateway.log.match(/cached lists of the server "s"/g)).toHaveLength(1);
      await until(() => readFileSync(cache, "utf8") !== text, 5_000, "it is written again");
    });
    expect(JSON.parse(readFileSync(cache, "utf8"))).toMatchObject({ format: 1, server: "s" });
  });

  it.each(Object.entries(BROKEN).filter(([what]) => IN_STATE.has(what)))(
    "PER-03 files of state that are %s: the gateway starts, and trusts nothing by mistake",
    async (_, text) => {
      using home = makeHome({ mcpServers: { s: stdioServer() } });
      await run(home, (gateway) => gateway.untilReady());
      const folder = home.directory.file("folder");
      mkdirSync(folder);
      writeFileSync(join(folder, "toolyard.json"), '{"mcpServers":{}}');
      expect(await home.run(["trust"], { cwd: folder })).toMatchObject({ code: 0 });
      const state = filesOf(home).filter((name) => !name.includes("/lists/"));
      expect(state.length).toBeGreaterThanOrEqual(2);
      for (const file of state) writeFileSync(file, text);
      await run(home, async (gateway) => {
        await gateway.untilReady();
        await using client = await gateway.client();
        expect(await client.text("s__echo", { text: "well" })).toBe("well");
      });
      const untrusted = await home.run(["servers"], { cwd: folder });
      expect(untrusted).toMatchObject({ code: 2, stderr: expect.stringMatching(/trust/) });
    },
  );

  it("PER-03 a configuration that is broken, nested without end or no text is refused and stays as it is", async () => {
    using home = makeHome();
    const bad = ['{"mcpServers":', "[".repeat(100_000), `{"mcpServers":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`, "\u0000", ""];
    for (const text of bad) {
      home.configure(text);
      for (const [name = "", ...rest] of [
        ["serve", "--port", "0"],
        ["add", "x", "--", "y"],
      ]) {
        const { code, stderr } = await home.run([name, "--config", home.configFile, ...rest]);
        expect({ name, text: text.slice(0, 20), code, stderr: stderr.slice(0, 300) }).toMatchObject({
          code: 2,
          stderr: expect.stringMatching(/toolyard\.json/),
        });
      }
      expect(readFileSync(home.configFile, "utf8")).toBe(text);
    }
  });

  it("PER-04 a configuration of a version to come is refused, not touched, and what is new in it is named", async () => {
    const text = JSON.stringify({ version: 99, mcpServers: { s: stdioServer() }, holograms: { on: true } });
    using home = makeHome(text);
    for (const command of ["serve", "check", "tools", "disable"]) {
      const args = command === "disable" ? [command, "s"] : [command];
      const { code, stderr } = await home.run([...args, "--config", home.configFile]);
      expect({ command, code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/holograms|version/) });
    }
    expect(readFileSync(home.configFile, "utf8")).toBe(text);
    expect(readdirSync(home.directory.path).filter((name) => /lock|tmp/.test(name))).toEqual([]);
  });
});

describe.concurrent("replaced under a running gateway", () => {
  const text = (...names: string[]): string =>
    JSON.stringify({ mcpServers: Object.fromEntries(names.map((name) => [name, stdioServer()])) });
  const names = async (gateway: Gateway): Promise<string> => (await gateway.state()).servers.map(({ name }) => name).join(" ");
  const becomes = (gateway: Gateway, wanted: string): Promise<boolean> =>
    until(
      async () => (await names(gateway)) === wanted,
      RELOAD_MS,
      `servers are ${wanted}`,
      () => gateway.log,
    );

  it("PER-05 saved in place, by rename, by rename with a backup, as a symlink: each is noticed, again and again", async () => {
    await using gateway = await startGateway(text("a"));
    const { configFile, directory } = gateway.home;
    const beside = directory.file("beside.json");
    for (let round = 0; round < 2; round++) {
      writeFileSync(configFile, text("a", "b"));
      await becomes(gateway, "a b");
      writeFileSync(beside, text("a"));
      renameSync(beside, configFile);
      await becomes(gateway, "a");
      renameSync(configFile, `${configFile}~`);
      writeFileSync(configFile, text("a", "c"));
      await becomes(gateway, "a c");
      writeFileSync(directory.file(`target-${round}.json`), text("d"));
      symlinkSync(directory.file(`target-${round}.json`), beside);
      renameSync(beside, configFile);
      await becomes(gateway, "d");
      writeFileSync(directory.file(`target-${round}.json`), text("d", "e"));
      await becomes(gateway, "d e");
    }
  });

  it("PER-05 the folder that a symlink goes through is exchanged, as Kubernetes does", async () => {
    using home = makeHome();
    const at = (...parts: string[]): string => home.directory.file(parts.join("/"));
    for (const [version, content] of [
      ["v1", text("a")],
      ["v2", text("a", "b")],
    ] as const) {
      mkdirSync(at(version));
      writeFileSync(at(version, "toolyard.json"), content);
    }
    rmSync(home.configFile);
    symlinkSync("v1", at("..data"));
    symlinkSync("..data/toolyard.json", home.configFile);
    await using gateway = await home.serve();
    await becomes(gateway, "a");
    symlinkSync("v2", at("..data_tmp"));
    renameSync(at("..data_tmp"), at("..data"));
    await becomes(gateway, "a b");
  });

  it("PER-05 deleted: what runs goes on, with a warning; made again: it is read", async () => {
    using server = watchedServer();
    await using gateway = await startGateway({ mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using client = await gateway.client();
    for (let round = 1; round <= 2; round++) {
      const before = readFileSync(gateway.home.configFile, "utf8");
      rmSync(gateway.home.configFile);
      await until(() => gateway.log.match(/is gone; what it said last goes on/g)?.length === round, RELOAD_MS);
      expect(await client.text("s__echo", { text: "still" })).toBe("still");
      writeFileSync(gateway.home.configFile, before);
      await pause(600);
    }
    gateway.home.configure({ mcpServers: { s: server.entry, t: stdioServer() } });
    await becomes(gateway, "s t");
    expect(server.log.count({ what: "start" })).toBe(1);
  });
});

describe("lines within lines", () => {
  const FORGED = '\n{"level":"info","msg":"fake"}\r\n2026-01-01T00:00:00.000Z error forged\u001b[2J\u001b]0;title\u0007\u2028more';

  it("PER-06 whatever servers call their tools, say and log, one event is one line with its time, and steers no terminal", async () => {
    using server = watchedServer({ era: "legacy", tool: JSON.stringify({ name: `x${FORGED}`, inputSchema: null }), noise: "ansi" });
    await using gateway = await startGateway({ mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using client = await gateway.client();
    await client.call("s__log", { level: "error", message: FORGED });
    await client.call(`s__${FORGED}`);
    server.set({ "stderr-text": FORGED });
    server.act({ do: "ask-unasked" });
    await until(() => /lists what cannot be offered/.test(gateway.log), START_MS);
    await gateway.stop();
    const lines = gateway.log.trimEnd().split("\n");
    expect(lines.length).toBeGreaterThanOrEqual(2);
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z (warn|error) \S/);
    expect(lines.filter((line) => /^2026-01-01T00:00:00.000Z|^\{/.test(line))).toEqual([]);
    // eslint-disable-next-line no-control-regex
    expect(gateway.log).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028]/);
  });

  it("PER-06 a server that logs without end gets a hundred lines a second, and the rest is counted", async () => {
    using server = watchedServer({ era: "legacy" });
    await using gateway = await startGateway({ mcpServers: { s: server.entry } });
    await gateway.untilReady();
    await using pipe = gateway.home.stdio();
    await pipe.handshake();
    const startedAt = performance.now();
    for (let round = 0; round < 20; round++) await pipe.call("s__log", { level: "error", message: "again", count: 1_000 });
    await pause(1_100);
    await pipe.call("s__log", { level: "error", message: "last" });
    const seconds = Math.ceil((performance.now() - startedAt) / 1_000);
    const lines = gateway.log.split("\n").filter((line) => line.includes('Server "s" logged'));
    expect(lines.length).toBeLessThanOrEqual(100 * (seconds + 1));
  });

  it("PER-06 the log of a gateway in the background begins anew before it fills the disk", async () => {
    using server = watchedServer({ era: "legacy" });
    using home = makeHome({ mcpServers: { s: server.entry } });
    await using client = home.stdio();
    await client.handshake();
    await until(async () => (await client.toolNames()).includes("s__log"), START_MS);
    const [log = ""] = filesOf(home).filter((name) => name.endsWith(".log"));
    expect(existsSync(log)).toBe(true);
    await client.call("s__echo", { text: "one" });
    let largest = 0;
    const message = "l".repeat(4_000);
    for (let round = 0; round < 30 && !(statSync(log).size < largest); round++) {
      largest = Math.max(largest, statSync(log).size);
      server.act({ do: "ask-unasked" });
      await client.call("s__log", { level: "error", message, count: 120 });
      await pause(1_000);
    }
    expect(largest).toBeLessThan(6 * 1024 * 1024);
  });
});

async function run(home: Home, action: (gateway: Gateway) => Promise<void>): Promise<void> {
  await using gateway = await home.serve();
  await action(gateway);
}

/** Every file that the program keeps, of any kind. */
function filesOf({ directory }: Home): string[] {
  return ["cache", "state", "run"].flatMap((name) => {
    const folder = directory.file(name);
    if (!existsSync(folder)) return [];
    const all = readdirSync(folder, { recursive: true, withFileTypes: true });
    return all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  });
}
