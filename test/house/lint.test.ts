/** The lint configuration is a wall of the house; these tests lean on it. */

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { floors } from "../../oxlint.config.ts";

const root = join(import.meta.dirname, "../..");

interface Diagnostic {
  code: string;
  filename: string;
}

/** A small house with one fault in each file, and beside it what must pass. Paths → contents. */
const faulty: Record<string, { code: string; rule: string }> = {
  "src/base/up.ts": { code: `export { place } from "../router/place.ts";`, rule: "no-restricted-imports" },
  "src/base/up-type.ts": {
    code: `import type { Place } from "../router/place.ts";\nexport type Up = Place;`,
    rule: "no-restricted-imports",
  },
  "src/base/up-lazy.ts": { code: `export const up = (): unknown => import("../router/place.ts");`, rule: "no-restricted-imports" },
  "src/base/up.test.ts": { code: `import { place } from "../router/place.ts";\nexport const test = place;`, rule: "no-restricted-imports" },
  "src/wire/deep/up.ts": { code: `export { place } from "../../router/place.ts";`, rule: "no-restricted-imports" },
  "src/config/beside.ts": { code: `export { kept } from "../store/kept.ts";`, rule: "no-restricted-imports" },
  "src/view.ts": { code: `export { open } from "./toolyard.ts";`, rule: "no-restricted-imports" },
  "src/gateway/behind.ts": { code: `export { place } from "../router/place.ts";`, rule: "no-restricted-imports" },
  "src/gateway/behind-value.ts": { code: `export { entry } from "../catalog/entry.ts";`, rule: "no-restricted-imports" },
  "src/router/spawn.ts": { code: `export { spawn } from "node:child_process";`, rule: "no-restricted-imports" },
  "src/adapters/peer.ts": {
    code: `import type { Agent } from "@openai/agents";\nexport type Peer = Agent;`,
    rule: "no-restricted-imports",
  },
  "src/wire/dear.ts": { code: `export { createServer } from "node:http";`, rule: "no-restricted-imports" },
  "src/router/env.ts": { code: `export const home = process.env["HOME"];`, rule: "no-restricted-properties" },
  "src/router/exit.ts": { code: `export const end = (): void => process.exit(1);`, rule: "no-restricted-properties" },
  "src/router/print.ts": { code: `console.log("hello");`, rule: "no-console" },
  "src/catalog/circle-a.ts": { code: `import type { B } from "./circle-b.ts";\nexport interface A { b: B }`, rule: "no-cycle" },
  "src/catalog/circle-b.ts": { code: `import type { A } from "./circle-a.ts";\nexport interface B { a: A }`, rule: "no-cycle" },
  "src/router/any.ts": { code: `export const loose = (value: any): unknown => value;`, rule: "no-explicit-any" },
  "src/router/bang.ts": { code: `export const first = (list: string[]): string => list[0]!;`, rule: "no-non-null-assertion" },
  "src/router/floating.ts": { code: `export const go = (): void => { Promise.resolve(1); };`, rule: "no-floating-promises" },
  "src/router/wide.ts": { code: `export const five = (a: 1, b: 1, c: 1, d: 1, e: 1): number => a + b + c + d + e;`, rule: "max-params" },
  "src/router/long.ts": { code: `export const lines = [\n${"  1,\n".repeat(400)}];`, rule: "max-lines" },
  "src/router/tall.ts": {
    code: `export function tall(): number {\n  let sum = 0;\n${"  sum += 1;\n".repeat(60)}  return sum;\n}`,
    rule: "max-lines-per-function",
  },
};

const sound: Record<string, string> = {
  "src/router/place.ts": `export interface Place { name: string }\nexport const place = "here";`,
  "src/store/kept.ts": `export const kept = 1;`,
  "src/toolyard.ts": `export const open = 1;`,
  "src/catalog/entry.ts": `export interface Entry { name: string }\nexport const entry = 1;`,
  "src/catalog/down.ts": `export { kept } from "../store/kept.ts";`,
  "src/gateway/door.ts": `import type { Entry } from "../catalog/entry.ts";\nimport { open } from "../toolyard.ts";\nexport const door = (entry: Entry): unknown => [entry, open];`,
  "src/wire/carrier.ts": `export { spawn } from "node:child_process";`,
  "src/wire/cheap.ts": `export type { Server } from "node:http";`,
  "src/wire/carrier.test.ts": `export { execFile } from "node:child_process";`,
  "src/cli/main.ts": `console.log(process.env["HOME"]);\nprocess.exit(0);`,
};

async function lint(folder: string): Promise<Diagnostic[]> {
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [oxlint, "--format", "json", "src"], { cwd: folder, maxBuffer: 1e8 }, (_, stdout) => resolve(stdout));
  });
  return (JSON.parse(output) as { diagnostics: Diagnostic[] }).diagnostics;
}

describe("the lint configuration", () => {
  const found = new Map<string, string[]>();
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "toolyard-lint-"));
    for (const file of ["oxlint.config.ts", "tsconfig.json"]) await cp(join(root, file), join(folder, file));
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    const files = [...Object.entries(sound), ...Object.entries(faulty).map(([path, { code }]) => [path, code] as const)];
    for (const [path, code] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), `${code}\n`);
    }
    for (const { filename, code } of await lint(folder)) found.set(filename, [...(found.get(filename) ?? []), code]);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(Object.entries(faulty).map(([path, { rule }]) => [path, rule]))("refuses %s by %s", (path, rule) => {
    expect(found.get(path) ?? []).toContainEqual(expect.stringContaining(`(${rule})`));
  });

  it.each(Object.keys(sound))("passes %s", (path) => {
    expect(found.get(path)).toBeUndefined();
  });

  it("knows every room of src", async () => {
    const entries = await readdir(join(root, "src"), { withFileTypes: true });
    const rooms = entries.map(({ name }) => name.replace(/(\.(test|suite))?\.ts$/, ""));
    expect(floors.flat()).toEqual(expect.arrayContaining(rooms));
  });
});
