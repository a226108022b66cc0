/** Commands that look and try: the real program, real servers. */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { makeHome, type Home, type Outcome } from "../faults/gateway.ts";
import { real } from "../seed/yard.ts";
import { stdioServer, watchedServer } from "../support/fixture.ts";
import { untilGone } from "../support/processes.ts";
import { StdioClient } from "../support/stdio-client.ts";

const program = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** A good server of the reference, one that does not exist, one whose entry is wrong, and one that is off. */
const MIXED = {
  mcpServers: {
    everything: real.everything,
    missing: { command: "no-such-command-here" },
    unset: { url: "https://example.invalid/mcp", headers: { authorization: "Bearer ${env:NOT_SET_ANYWHERE}" } },
    off: { command: "x", disabled: true },
  },
  toolsets: { sums: { tools: ["everything/get-sum"] } },
};

const withConfig =
  (home: Home) =>
  (command: string, ...args: string[]): Promise<Outcome> =>
    home.run([command, "--config", home.configFile, ...args]);

/** The object on stdout, which holds nothing else. */
const json = ({ stdout }: Outcome): unknown => JSON.parse(stdout);

describe("help and wrong usage", () => {
  it.each([
    ["--version", 0, /^\d+\.\d+\.\d+/, /^$/],
    ["--help", 0, /serve.*stdio.*tools.*Start here/s, /^$/],
    ["serve --help", 0, /--port.*Exit codes:\s+0 {2}good\s+1 .*2 {2}wrong usage/s, /^$/],
    ["call --help", 0, /Examples:.*toolyard call/s, /^$/],
    ["", 2, /^$/, /Usage: toolyard/],
    ["tolls", 2, /^$/, /unknown command 'tolls'.*Did you mean tools/s],
    ["call", 2, /^$/, /missing required argument 'tool'.*toolyard call --help/s],
    ["tools --bogus", 2, /^$/, /unknown option '--bogus'/],
    ["serve --port 65536", 2, /^$/, /must be a port: 0 to 65535/],
    ["tools --timeout soon", 2, /^$/, /number of milliseconds/],
    ["tools --input x", 2, /^$/, /must be name=value/],
    ["add x http://x.test --type http", 2, /^$/, /Allowed choices are sse/],
  ])("toolyard %s: exit %i", async (line, code, stdout, stderr) => {
    using home = makeHome();
    const outcome = await home.run(line.split(" ").filter((word) => word !== ""));
    expect(outcome).toMatchObject({
      code,
      stdout: expect.stringMatching(stdout) as string,
      stderr: expect.stringMatching(stderr) as string,
    });
    expect(outcome.stderr).not.toMatch(/^\s+at /m);
  });

  it("asks nothing and says what is next where there is no configuration", async () => {
    using home = makeHome();
    const { code, stdout, stderr } = await home.run(["tools", "--json"], { env: { CI: "1" }, cwd: home.directory.file(".") });
    expect([code, stderr]).toEqual([2, expect.stringContaining("toolyard trust") as string]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "CONFIG_UNTRUSTED" } });
    using empty = makeHome();
    const nothing = await empty.run(["tools"], { cwd: "/" });
    expect([nothing.code, nothing.stdout]).toEqual([2, ""]);
    expect(nothing.stderr).toMatch(/There is no configuration.*toolyard init/s);
  });
});

describe("servers, tools, check", () => {
  it("says of each server how it stands, why, and what to do", async () => {
    using home = makeHome(MIXED);
    const toolyard = withConfig(home);
    const servers = await toolyard("servers");
    expect(servers).toMatchObject({ code: 1, stderr: "" });
    expect(servers.stdout).toMatch(/^SERVER +STATE +TOOLS/);
    expect(servers.stdout).toMatch(/^everything +ready +1\d +stdio +legacy/m);
    expect(servers.stdout).toMatch(/^missing +failed.*\n +The command "no-such-command-here" was not found\.\n +Install it/m);
    expect(servers.stdout).toMatch(/^unset +disabled.*\n +\S*toolyard\.json:\d+:\d+: .*NOT_SET_ANYWHERE/m);
    const [first] = json(await toolyard("servers", "--json")) as { name: string; state: string }[];
    expect(first).toMatchObject({ name: "everything", state: "ready" });

    const check = await toolyard("check", "--require", "everything/get-sum", "everything/nothing");
    expect(check.code).toBe(2);
    expect(check.stdout).toMatch(
      /✓ everything .*tools[^]*✗ missing[^]*– off[^]*✗ unset[^]*✓ everything\/get-sum .*there[^]*✗ everything\/nothing/,
    );
  });

  it("lists tools: all, of one server, of a toolset; what is missing is said beside them", async () => {
    using home = makeHome(MIXED);
    const toolyard = withConfig(home);
    const all = await toolyard("tools");
    expect(all.code).toBe(0);
    expect(all.stdout).toMatch(/^everything__get-sum +Returns/m);
    expect(all.stderr).toMatch(/missing: missing is failed/);
    const tools = json(await toolyard("tools", "--json", "--toolset", "sums")) as { name: string; inputSchema: object }[];
    expect(tools).toMatchObject([{ name: "everything__get-sum", inputSchema: { type: "object" } }]);
    expect((await toolyard("tools", "--server", "everything")).stderr).toBe("");
    expect(await toolyard("tools", "--server", "nothing")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/There are: everything, /) as string,
    });
    expect(await toolyard("tools", "--toolset", "nothing")).toMatchObject({ code: 2, stdout: "" });
  });

  it("is content with a configuration in which all is well", async () => {
    using home = makeHome({ mcpServers: { everything: real.everything } });
    const check = await withConfig(home)("check", "--json", "--require", "everything__echo");
    expect([check.code, check.stderr]).toEqual([0, ""]);
    expect(json(check)).toMatchObject({ file: home.configFile, findings: [{ about: "everything", good: true }, { good: true }] });
  });

  it("ends when its reader goes, without a word", async () => {
    using home = makeHome({ mcpServers: { many: stdioServer({ tools: 2_000 }) } });
    const line = `"${process.execPath}" "${program}" tools --json --config "${home.configFile}" | head -1`;
    const { stdout, stderr } = spawnSync("/bin/sh", ["-c", line], { env: { ...process.env, ...home.env }, encoding: "utf8" });
    expect([stdout, stderr]).toEqual(["[\n", ""]);
  });
});

describe("call and why", () => {
  it("prints what a tool returns, and knows how it went", async () => {
    using home = makeHome({ mcpServers: { everything: real.everything, hostile: stdioServer() } });
    const toolyard = withConfig(home);
    expect(await toolyard("call", "everything__get-sum", '{"a":19,"b":23}')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("42") as string,
    });
    expect(await home.run(["call", "hostile__echo", "-", "--config", home.configFile], { stdin: '{"text":"from stdin"}' })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("from stdin") as string,
    });
    writeFileSync(home.directory.file("arguments.json"), '{"text":"from a file"}');
    const file = await toolyard("call", "hostile__echo", `@${home.directory.file("arguments.json")}`, "--json");
    expect(json(file)).toMatchObject({ content: [{ type: "text", text: expect.stringContaining("from a file") as string }] });
    const image = await toolyard("call", "everything__get-tiny-image");
    expect(image.stdout).toMatch(/\[image image\/png, \d+ bytes\]/);
  });

  it.each([
    ["arguments that do not fit", ["everything__get-sum", '{"a":"x"}'], 1, /Arguments of everything__get-sum/],
    ["a tool that there is not", ["everything__get_sums"], 1, /Unknown tool.*get-sum/],
    ["arguments that are no JSON", ["everything__get-sum", "{a}"], 2, /not JSON.*quotes/s],
    ["arguments that are no object", ["everything__get-sum", "[]"], 2, /must be a JSON object/],
    ["a file that there is not", ["everything__get-sum", "@nothing.json"], 2, /nothing\.json cannot be read/],
    [
      "a call that takes too long",
      ["everything__trigger-long-running-operation", '{"duration":20,"steps":1}', "--timeout", "300"],
      1,
      /No answer within/,
    ],
  ])("fails for %s", async (_, args, code, says) => {
    using home = makeHome({ mcpServers: { everything: real.everything } });
    const outcome = await withConfig(home)("call", ...args);
    expect(outcome).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(says) as string });
  });

  it("is cancelled by Ctrl-C, and leaves nothing", async () => {
    using stuck = watchedServer({ "never-answer": "call" });
    using home = makeHome({ mcpServers: { stuck: stuck.entry } });
    const args = [program, "call", "stuck__echo", "--config", home.configFile];
    await using call = new StdioClient({ command: process.execPath, args, env: home.env });
    const asked = await stuck.log.waitFor({ what: "in", method: "tools/call" }, 20_000);
    call.child.kill("SIGINT");
    expect(await call.exited).toEqual({ code: 130, signal: null });
    expect([call.stderr, call.noise]).toEqual(["", []]);
    await stuck.log.waitFor({ what: "cancelled", id: asked.id ?? "" });
    await untilGone(stuck.canary);
  });

  it("says why a name can be called, or not", async () => {
    using home = makeHome({ ...MIXED, mcpServers: { ...MIXED.mcpServers, everything: { ...real.everything, tools: { deny: ["echo"] } } } });
    const toolyard = withConfig(home);
    expect(await toolyard("why", "everything/get-sum")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^callable .*\n.*exposed as everything__get-sum/) as string,
    });
    const denied = await toolyard("why", "everything__echo", "--json");
    expect([denied.code, json(denied)]).toEqual([
      1,
      expect.objectContaining({ callable: false, reasons: [expect.stringContaining("everything/echo is not offered")] }),
    ]);
    expect(await toolyard("why", "missing__x")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("no-such-command-here") as string,
    });
  });
});
