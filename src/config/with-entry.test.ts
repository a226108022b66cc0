import { describe, expect, it } from "vitest";
import type { Config } from "./config.ts";
import { parseConfig, parseConfigText } from "./load.ts";
import { withEntry } from "./with-entry.ts";

const command = "x";
const present: Config = parseConfig({ mcpServers: { a: { command }, off: { command, namespace: "n", disabled: true }, wrong: {} } });

const names = (config: Config): [string[], string[]] => [[...config.servers.keys()], [...config.rejected.keys()]];

describe("withEntry", () => {
  it("adds, replaces and removes, and leaves what was there alone", () => {
    expect(names(withEntry(present, "b", { command }))).toEqual([["a", "off", "b"], ["wrong"]]);
    expect(withEntry(present, "a", { command: "y" }).servers.get("a")?.transport).toMatchObject({ command: "y" });
    expect(names(withEntry(present, "a", undefined))).toEqual([["off"], ["wrong"]]);
    expect(names(withEntry(present, "wrong", { command }))).toEqual([["a", "off", "wrong"], []]);
    expect(names(present)).toEqual([["a", "off"], ["wrong"]]);
  });

  it.each([
    ["__proto__", { command }, "mcpServers.__proto__ is a name that JavaScript itself uses."],
    ["A", { command }, 'mcpServers.A differs from "a" only in case.'],
    ["b", {}, "mcpServers.b names no server."],
    ["b", { command, namespace: "ab" }, undefined],
    [
      "b",
      { command, namespace: "A" },
      'mcpServers.b.namespace ("A") cannot be told from the namespace of the server "a", so "b" is left out.',
    ],
    ["b", { command, namespace: "n" }, undefined],
    ["b", { command, namespace: "A", disabled: true }, undefined],
  ])("%s as %j", (name, entry, message) => {
    const add = (): Config => withEntry(present, name, entry);
    if (message === undefined) expect(add().servers.has(name)).toBe(true);
    else expect(add).toThrow(message);
  });

  it("expands nothing that did not come from the operator", () => {
    const { servers } = withEntry(present, "b", { command: "${HOME}" }, { expand: false });
    expect(servers.get("b")?.transport).toMatchObject({ command: "${HOME}" });
  });

  it("starts a program where those of the file start", () => {
    const ofFile = parseConfigText("{}", "/etc/toolyard/toolyard.json");
    expect(withEntry(ofFile, "b", { command }).servers.get("b")?.transport).toMatchObject({ cwd: "/etc/toolyard" });
  });
});
