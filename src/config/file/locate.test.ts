import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { locateConfig } from "./locate.ts";

let folder: string;
let users: string;
let here: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "toolyard-locate-"));
  users = join(folder, "config", "toolyard", "toolyard.json");
  here = join(folder, "work", "toolyard.json");
  await mkdir(join(folder, "config", "toolyard"), { recursive: true });
  await mkdir(join(folder, "work"));
});
afterEach(() => rm(folder, { recursive: true }));

const places = (): { env: Record<string, string>; cwd: string } => ({
  env: { XDG_CONFIG_HOME: join(folder, "config") },
  cwd: join(folder, "work"),
});

describe("locateConfig", () => {
  it("takes the user's own before that of the working directory, which must be trusted", async () => {
    await writeFile(here, "{}");
    expect(await locateConfig(places())).toEqual({ file: here, mustBeTrusted: true });
    await writeFile(users, "{}");
    expect(await locateConfig(places())).toEqual({ file: users, mustBeTrusted: false });
  });

  it("takes the named one before all, and trusts it", async () => {
    await writeFile(users, "{}");
    await writeFile(here, "{}");
    expect(await locateConfig({ ...places(), named: "toolyard.json" })).toEqual({ file: here, mustBeTrusted: false });
  });

  it("names the places where there is none", async () => {
    await expect(locateConfig(places())).rejects.toMatchObject({
      code: "CONFIG_NOT_FOUND",
      message: `There is no configuration: neither ${users} nor ${here}.`,
    });
    await expect(locateConfig({ ...places(), named: "x.json" })).rejects.toMatchObject({
      code: "CONFIG_NOT_FOUND",
      message: `There is no file ${join(folder, "work", "x.json")}.`,
    });
  });
});
