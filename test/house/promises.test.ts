import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { VERSION } from "../../src/base/version.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const page = read("docs/promises.md");

describe("docs/promises.md", () => {
  const files = new Set([...page.matchAll(/`((?:src|test|examples|bench)\/[^`]+\.(?:ts|md))`/g)].map(([, file = ""]) => file));

  it.each([...files].filter((file) => file !== "bench/RESULTS.md"))("names %s, which is there", (file) => {
    expect(existsSync(join(root, file))).toBe(true);
  });

  it("names tests of the seed that exist, word by word", () => {
    const rows = [...page.matchAll(/\| `(test\/seed\/\w+\.test\.ts)`: (.+) \|$/gm)];
    expect(rows.length).toBeGreaterThan(10);
    for (const [, file = "", titles = ""] of rows) {
      const source = read(file).replaceAll("\\`", "`");
      for (const title of titles.split("; ")) expect(source).toContain(title);
    }
  });
});

it("the version in the code is that of the package", () => {
  expect(VERSION).toBe(packageJson.version);
});
