import { describe, expect, it } from "vitest";
import { type ConfigDiff, diffConfigs } from "./diff.ts";
import { parseConfig } from "./load.ts";

const nothing: ConfigDiff = {
  added: [],
  removed: [],
  rejected: [],
  enabled: [],
  disabled: [],
  changed: [],
  rules: [],
  unchanged: [],
  reordered: false,
  settings: [],
};

const diff = (before: unknown, after: unknown): ConfigDiff =>
  diffConfigs(parseConfig(before, { env: {} }), parseConfig(after, { env: {} }));
const servers = (mcpServers: object): object => ({ mcpServers });
const a = { command: "a" };
const b = { command: "b" };

describe("diffConfigs", () => {
  it.each<[string, object, object, Partial<ConfigDiff>]>([
    ["nothing", { a, b }, { a, b }, { unchanged: ["a", "b"] }],
    ["a new server", { a }, { a, b }, { added: ["b"], unchanged: ["a"] }],
    ["one less", { a, b }, { b }, { removed: ["a"], unchanged: ["b"] }],
    ["one renamed", { a }, { c: a }, { removed: ["a"], added: ["c"] }],
    ["another program", { a, b }, { a: { command: "c" }, b }, { changed: ["a"], unchanged: ["b"] }],
    ["another variable", { a }, { a: { ...a, env: { A: "1" } } }, { changed: ["a"] }],
    ["another namespace", { a }, { a: { ...a, namespace: "n" } }, { rules: ["a"] }],
    ["a tool denied", { a }, { a: { ...a, tools: { deny: ["x"] } } }, { rules: ["a"] }],
    ["an override", { a }, { a: { ...a, tools: { override: { t: { arguments: { r: { value: 1 } } } } } } }, { rules: ["a"] }],
    ["another time for one tool", { a }, { a: { ...a, timeouts: { tools: { t: "5m" } } } }, { rules: ["a"] }],
    ["a program and rules at once", { a }, { a: { command: "c", namespace: "n" } }, { changed: ["a"] }],
    ["one disabled", { a }, { a: { ...a, disabled: true } }, { disabled: ["a"] }],
    ["one enabled", { a: { ...a, disabled: true } }, { a }, { enabled: ["a"] }],
    ["one that is wrong now", { a, b }, { a: { command: "${NONE}" }, b }, { rejected: ["a"], unchanged: ["b"] }],
    ["one that is mended", { a: { command: "${NONE}" } }, { a }, { added: ["a"] }],
    ["another order", { a, b }, { b, a }, { unchanged: ["a", "b"], reordered: true }],
    ["a new one in front", { a, b }, { c: { command: "c" }, a, b }, { unchanged: ["a", "b"], added: ["c"] }],
  ])("%s", (_what, before, after, expected) => {
    expect(diff(servers(before), servers(after))).toEqual({ ...nothing, ...expected });
  });

  it("names settings that differ, and none that are only written out", () => {
    expect(diff({}, { naming: { separator: "_" }, limits: { queue: 5 } }).settings).toEqual(["naming", "limits"]);
    expect(diff({}, { naming: { separator: "__" }, limits: {}, toolsets: {} })).toEqual(nothing);
    expect(diff({ toolsets: { t: { tools: ["*/x"] } } }, { toolsets: { t: { tools: ["*/y"] } } }).settings).toEqual(["toolsets"]);
  });
});
