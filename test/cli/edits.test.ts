/** Commands that write a configuration. */

import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { makeHome, type Home, type Outcome } from "../faults/gateway.ts";
import { canUseTerminal, onTerminal } from "./terminal.ts";

const userFile = (home: Home): string => home.directory.file("config/toolyard/toolyard.json");

describe("init", () => {
  it("writes a commented file that works as it is, at the user's place, and never over another", async () => {
    using home = makeHome();
    const written = await home.run(["init", "--yes"]);
    expect(written).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/Written: .*toolyard\.json[^]*toolyard check/) as string,
    });
    const text = readFileSync(userFile(home), "utf8");
    expect(text).toMatch(/"\$schema": "file:.*toolyard\.schema\.json"[^]*\/\/ /);
    expect(existsSync(new URL(/"(file:.*)"/.exec(text)?.[1] ?? ""))).toBe(true);
    expect(statSync(userFile(home)).mode & 0o777).toBe(0o600);
    const again = await home.run(["init", "--yes", "--json"]);
    expect([again.code, JSON.parse(again.stdout)]).toEqual([2, { error: expect.objectContaining({ code: "USAGE" }) }]);
    expect(readFileSync(userFile(home), "utf8")).toBe(text);
    expect((await home.run(["disable", "memory"])).code).toBe(0);
    expect((await home.run(["check"])).code).toBe(0);
  });

  it("asks nobody where nobody sits", async () => {
    using home = makeHome();
    const outcome = await home.run(["init"]);
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") as string });
    expect(existsSync(userFile(home))).toBe(false);
  });

  it.skipIf(!canUseTerminal)("shows the file and asks, on a terminal", async () => {
    using home = makeHome();
    const no = await onTerminal(home, ["init"], { keys: "n\r", after: "[y/N]" });
    expect(no).toMatchObject({
      code: 1,
      shown: expect.stringMatching(/mcpServers[^]*Write it\? \[y\/N\][^]*Nothing was written/) as string,
    });
    expect(existsSync(userFile(home))).toBe(false);
    const inCi = await onTerminal(home, ["init"], undefined, ["CI=1"]);
    expect(inCi.code).toBe(2);
    const named = home.directory.file("mine.json");
    expect(await onTerminal(home, ["init", "--config", named], { keys: "y\r", after: "[y/N]" })).toMatchObject({ code: 0 });
    expect(existsSync(named)).toBe(true);
  });
});

describe("add, remove, enable, disable", () => {
  const START = '{\n  // mine\n  "mcpServers": {\n    "old": { "command": "node" } // stays\n  }\n}\n';

  it("changes one entry and leaves every comment", async () => {
    using home = makeHome(START);
    const toolyard = (...args: string[]): Promise<Outcome> => home.run([args[0] ?? "", "--config", home.configFile, ...args.slice(1)]);
    expect((await toolyard("add", "web", "https://web.example/mcp", "--header", "Authorization=Bearer sesame")).stderr).toBe(
      `The server "web" is added in ${home.configFile}.\n`,
    );
    expect((await toolyard("add", "--env", "A=b=c", "local", "--", "node", "server.js", "--flag")).code).toBe(0);
    expect(JSON.parse((await toolyard("disable", "old", "--json")).stdout)).toEqual({
      file: home.configFile,
      server: "old",
      done: "disabled",
    });
    const text = readFileSync(home.configFile, "utf8");
    expect(text).toMatch(/\/\/ mine[^]*\/\/ stays/);
    const { mcpServers } = JSON.parse(text.replaceAll(/\/\/ (mine|stays)/g, "")) as { mcpServers: object };
    expect(mcpServers).toEqual({
      old: { command: "node", disabled: true },
      web: { url: "https://web.example/mcp", headers: { Authorization: "Bearer sesame" } },
      local: { command: "node", args: ["server.js", "--flag"], env: { A: "b=c" } },
    });
    for (const args of [
      ["enable", "old"],
      ["remove", "web"],
      ["remove", "local"],
    ])
      expect((await toolyard(...args)).code).toBe(0);
    expect(readFileSync(home.configFile, "utf8")).toBe(START);
  });

  it.each([
    ["a name that is taken", ["add", "old", "https://x.example/mcp"], /already/],
    ["a name that there is not", ["remove", "oldd"], /There is no server "oldd"/],
    ["neither command nor URL", ["add", "new"], /a command or a URL/],
    ["a header for a command", ["add", "new", "--header", "a=b", "--", "x"], /--header belongs to a URL/],
    ["a variable for a URL", ["add", "new", "https://x.example/mcp", "--env", "A=b"], /--env belongs to a command/],
    ["an entry that would be wrong", ["add", "new", "https://x.example/mcp", "--header", "a=${env:NOT_SET_ANYWHERE}"], /NOT_SET_ANYWHERE/],
    ["a name that no server may have", ["add", "__proto__", "--", "x"], /__proto__/],
  ])("writes nothing for %s", async (_, [command = "", ...args], says) => {
    using home = makeHome(START);
    const outcome = await home.run([command, "--config", home.configFile, ...args]);
    expect(outcome).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(says) as string });
    expect(readFileSync(home.configFile, "utf8")).toBe(START);
  });
});

describe("trust", () => {
  it("lets a folder's configuration run as it was read, and not after a change", async () => {
    using home = makeHome({ mcpServers: { local: { command: "no-such-command", args: ["\u001b[2Jx"] } } });
    const inFolder = { cwd: home.directory.path };
    expect(await home.run(["servers"], inFolder)).toMatchObject({ code: 2, stderr: expect.stringContaining("toolyard trust") as string });
    const trusted = await home.run(["trust"], inFolder);
    expect(trusted).toMatchObject({ code: 0, stderr: expect.stringMatching(/local: no-such-command x/) as string });
    expect((await home.run(["servers"], inFolder)).code).toBe(1);
    writeFileSync(home.configFile, '{ "mcpServers": { "other": { "command": "rm" } } }');
    expect(await home.run(["servers"], inFolder)).toMatchObject({ code: 2, stderr: expect.stringContaining("has changed") as string });
  });
});
