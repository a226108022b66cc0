import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookupIn, resolvePath } from "./lookup.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "toolyard-lookup-"));
  await mkdir(join(folder, "secrets"));
  await writeFile(join(folder, "secrets", "crm"), "kept\n", { mode: 0o600 });
  await writeFile(join(folder, "secrets", "open"), "kept");
  await chmod(join(folder, "secrets", "open"), 0o644);
  await writeFile(join(folder, "key.txt"), "line\r\n");
});

afterAll(() => rm(folder, { recursive: true }));

const lookup = (env: Record<string, string> = {}, inputs: Record<string, string> = {}) =>
  lookupIn({ env, inputs: new Map(Object.entries(inputs)), stateDir: folder, baseDir: folder });

describe("lookupIn", () => {
  it("reads variables, and names one that is not set", () => {
    expect(lookup({ A: "x" })("env", "A")).toEqual({ value: "x" });
    expect(lookup({ A: "" })("env", "A")).toEqual({ value: "" });
    expect(lookup()("env", "A")).toEqual({
      says: "needs the variable A, which is not set.",
      mend: "Set A, or give a default: ${env:A:-…}.",
    });
  });

  it("reads files relative to the configuration, without their last line break", () => {
    expect(lookup()("file", "key.txt")).toEqual({ value: "line" });
    expect(lookup()("file", join(folder, "key.txt"))).toEqual({ value: "line" });
    expect(lookup()("file", "gone")).toEqual({
      says: `needs the file ${join(folder, "gone")}, which cannot be read.`,
      mend: "Create it, or correct the path.",
    });
  });

  it("reads a secret from the environment, then from the state directory", () => {
    expect(lookup({ TOOLYARD_SECRET_CRM: "set" })("secret", "crm")).toEqual({ value: "set" });
    expect(lookup()("secret", "crm")).toEqual({ value: "kept" });
    expect(lookup({ TOOLYARD_SECRET_A_B: "set" })("secret", "a.b")).toEqual({ value: "set" });
  });

  it("says where a secret that is not kept belongs", () => {
    expect(lookup()("secret", "no-such")).toEqual({
      says: "needs the secret no-such, which is not kept.",
      mend: `Put it into ${join(folder, "secrets", "no-such")} (mode 600), or set TOOLYARD_SECRET_NO_SUCH.`,
    });
  });

  it.skipIf(process.platform === "win32")("refuses a secret that others can read", () => {
    expect(lookup()("secret", "open")).toEqual({
      says: "needs the secret open, whose file others can read.",
      mend: `Run chmod 600 ${join(folder, "secrets", "open")}.`,
    });
  });

  it("takes inputs that were given, then those of the environment", () => {
    expect(lookup({ TOOLYARD_INPUT_WHO: "env" }, { who: "given" })("input", "who")).toEqual({ value: "given" });
    expect(lookup({ TOOLYARD_INPUT_WHO: "env" })("input", "who")).toEqual({ value: "env" });
    expect(lookup()("input", "who")).toEqual({
      says: "needs the input who, which was not given.",
      mend: "Give it with --input who=…, or set TOOLYARD_INPUT_WHO.",
    });
  });
});

describe("resolvePath", () => {
  it.each([
    ["/a/b", "/a/b"],
    ["b", "/base/b"],
    ["../b", "/b"],
    ["~", homedir()],
    ["~/x", join(homedir(), "x")],
    ["~x", "/base/~x"],
  ])("%s is %s", (path, expected) => {
    expect(resolvePath(path, "/base")).toBe(expected);
  });
});
