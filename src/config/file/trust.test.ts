import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../load.ts";
import { isTrusted, trustConfig, trustLedger } from "./trust.ts";

const TEXT = '{ "mcpServers": { "a": { "command": "x" } } }';
let folder: string;
let file: string;
let stateDir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "toolyard-trust-"));
  file = join(folder, "toolyard.json");
  stateDir = join(folder, "state", "toolyard");
  await writeFile(file, TEXT);
});
afterEach(() => rm(folder, { recursive: true }));

describe("trust", () => {
  it("is of one content of one file", async () => {
    await trustConfig(file, TEXT, stateDir);
    expect(await isTrusted(file, TEXT, stateDir)).toBe(true);
    expect(await isTrusted(file, `${TEXT} `, stateDir)).toBe(false);
    expect(await isTrusted(join(folder, "other.json"), TEXT, stateDir)).toBe(false);
    expect(await isTrusted("__proto__", TEXT, stateDir)).toBe(false);
  });

  it("is remembered for many files, given at once", async () => {
    const files = Array.from({ length: 8 }, (_, index) => join(folder, `${index}.json`));
    await Promise.all(files.map((each) => trustConfig(each, TEXT, stateDir)));
    expect(await Promise.all(files.map((each) => isTrusted(each, TEXT, stateDir)))).toEqual(files.map(() => true));
  });

  it.skipIf(process.platform === "win32")("is kept where only its owner can read and write", async () => {
    await trustConfig(file, TEXT, stateDir);
    expect((await stat(trustLedger(stateDir))).mode & 0o777).toBe(0o600);
    expect((await stat(stateDir)).mode & 0o777).toBe(0o700);
  });

  it("is lost, not misplaced, when its ledger is damaged", async () => {
    await trustConfig(file, TEXT, stateDir);
    await writeFile(trustLedger(stateDir), "[garbage");
    expect(await isTrusted(file, TEXT, stateDir)).toBe(false);
    await trustConfig(file, TEXT, stateDir);
    expect(await isTrusted(file, TEXT, stateDir)).toBe(true);
    expect(await readFile(trustLedger(stateDir), "utf8")).not.toContain("command");
  });
});

describe("loadConfig of a file that must be trusted", () => {
  it("refuses it before and after a change, and reads it once it is trusted", async () => {
    const options = { stateDir, mustBeTrusted: true };
    await expect(loadConfig(file, options)).rejects.toMatchObject({
      code: "CONFIG_UNTRUSTED",
      message: `${file} came with this folder and has not been trusted.`,
    });
    await trustConfig(file, TEXT, stateDir);
    expect((await loadConfig(file, options)).servers.size).toBe(1);
    await writeFile(file, TEXT.replace('"x"', '"y"'));
    await expect(loadConfig(file, options)).rejects.toMatchObject({
      code: "CONFIG_UNTRUSTED",
      message: `${file} has changed since it was trusted.`,
    });
  });
});
