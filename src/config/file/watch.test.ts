import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ToolyardError } from "../../base/errors.ts";
import type { Config } from "../config.ts";
import type { ConfigOptions } from "../load.ts";
import { trustConfig } from "./trust.ts";
import { ConfigWatch, pointsOf } from "./watch.ts";

const textOf = (...names: string[]): string =>
  JSON.stringify({ mcpServers: Object.fromEntries(names.map((name) => [name, { command: "true" }])) });

let folder: string;
let file: string;
let open: ConfigWatch[];
let told: (string[] | string)[];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "toolyard-watch-")));
  file = join(folder, "toolyard.json");
  open = [];
  told = [];
});

afterEach(async () => {
  await Promise.all(open.map((watch) => watch.close()));
  await rm(folder, { recursive: true });
});

async function watching(text: string, settleMs = 60, options: ConfigOptions = {}): Promise<void> {
  const events = {
    config: (config: Config): void => void told.push([...config.servers.keys()]),
    problem: (error: ToolyardError): void => void told.push(error.code),
  };
  open.push(await ConfigWatch.open(file, text, events, { settleMs, ...options }));
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200));
const toldIs = (expected: unknown): Promise<void> => expect.poll(() => told, { timeout: 3000 }).toEqual(expected);

describe("ConfigWatch", () => {
  it("reads the file again after a plain save", async () => {
    await writeFile(file, textOf("a"));
    await watching(textOf("a"));
    await writeFile(file, textOf("a", "b"));
    await toldIs([["a", "b"]]);
  });

  it("tells a change made between the reading and the watching", async () => {
    await writeFile(file, textOf("b"));
    await watching(textOf("a"));
    await toldIs([["b"]]);
  });

  it("survives editors that save by renaming, time after time", async () => {
    await writeFile(file, textOf("a"));
    await watching(textOf("a"));
    for (const name of ["b", "c", "d"]) {
      await writeFile(`${file}.new`, textOf(name));
      await rename(`${file}.new`, file);
      await expect.poll(() => told.at(-1), { timeout: 3000 }).toEqual([name]);
    }
    await writeFile(file, textOf("e"));
    await expect.poll(() => told.at(-1), { timeout: 3000 }).toEqual(["e"]);
  });

  it("makes one reload of 20 saves within a second", async () => {
    await writeFile(file, textOf("a"));
    await watching(textOf("a"), 500);
    for (let count = 1; count <= 20; count++) {
      await writeFile(file, textOf(`a${count}`));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await toldIs([["a20"]]);
  });

  it("makes no reload of touches that leave the text as it was", async () => {
    await writeFile(file, textOf("a"));
    await watching(textOf("a"));
    for (let count = 0; count < 20; count++) await writeFile(file, textOf("a"));
    await settled();
    expect(told).toEqual([]);
  });

  it("reports an invalid file once, and reads the mended one", async () => {
    await writeFile(file, textOf("a"));
    await watching(textOf("a"));
    await writeFile(file, "{ broken");
    await toldIs(["CONFIG_INVALID"]);
    await writeFile(file, "{ broken");
    await settled();
    await writeFile(file, textOf("a"));
    await toldIs(["CONFIG_INVALID", ["a"]]);
  });

  it("reports a deleted file once, and reads it when it is back", async () => {
    await writeFile(file, textOf("a"));
    await watching(textOf("a"));
    await rm(file);
    await toldIs(["CONFIG_NOT_FOUND"]);
    await settled();
    await writeFile(file, textOf("a", "b"));
    await toldIs(["CONFIG_NOT_FOUND", ["a", "b"]]);
  });

  it("follows a symbolic link that is swapped, and then the new target", async () => {
    const targets = ["one.json", "two.json"].map((name) => join(folder, name));
    await writeFile(targets[0] ?? "", textOf("a"));
    await writeFile(targets[1] ?? "", textOf("b"));
    await symlink("one.json", file);
    await watching(textOf("a"));
    await symlink("two.json", `${file}.new`);
    await rename(`${file}.new`, file);
    await toldIs([["b"]]);
    await writeFile(targets[1] ?? "", textOf("c"));
    await toldIs([["b"], ["c"]]);
  });

  it("follows a swapped folder, as mounted configuration maps do it", async () => {
    for (const version of ["v1", "v2"]) {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, "toolyard.json"), textOf(version));
    }
    await symlink("v1", join(folder, "..data"));
    await symlink(join("..data", "toolyard.json"), file);
    await watching(textOf("v1"));
    await symlink("v2", join(folder, "..data_tmp"));
    await rename(join(folder, "..data_tmp"), join(folder, "..data"));
    await rm(join(folder, "v1"), { recursive: true });
    await toldIs([["v2"]]);
    await symlink("v1", join(folder, "..data_tmp"));
    await mkdir(join(folder, "v1"));
    await writeFile(join(folder, "v1", "toolyard.json"), textOf("v3"));
    await rename(join(folder, "..data_tmp"), join(folder, "..data"));
    await toldIs([["v2"], ["v3"]]);
    await writeFile(join(folder, "v1", "toolyard.json"), textOf("v4"));
    await toldIs([["v2"], ["v3"], ["v4"]]);
  });

  it("wants a changed file to be trusted again, and reads it once it is", async () => {
    const stateDir = join(folder, "state");
    await writeFile(file, textOf("a"));
    await trustConfig(file, textOf("a"), stateDir);
    await watching(textOf("a"), 60, { stateDir, mustBeTrusted: true });
    await writeFile(file, textOf("b"));
    await toldIs(["CONFIG_UNTRUSTED"]);
    await trustConfig(file, textOf("b"), stateDir);
    await expect.poll(() => told.at(-1), { timeout: 3000 }).toEqual(["b"]);
  });

  it("says nothing after its end", async () => {
    await writeFile(file, textOf("a"));
    await watching(textOf("a"));
    await writeFile(file, textOf("b"));
    await open[0]?.close();
    await settled();
    expect(told).toEqual([]);
  });
});

describe("pointsOf", () => {
  it("names every link on the way, and the file", async () => {
    await mkdir(join(folder, "v1"));
    await symlink("v1", join(folder, "data"));
    await symlink(join("data", "toolyard.json"), file);
    expect(await pointsOf(file)).toEqual([file, join(folder, "data"), join(folder, "v1", "toolyard.json")]);
  });

  it("comes to an end in a circle", async () => {
    await symlink("toolyard.json", file);
    expect((await pointsOf(file)).length).toBeLessThan(50);
  });
});
