import { chmod, lstat, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseConfigText } from "../load.ts";
import { addServer, removeServer } from "./edit.ts";
import { isTrusted, trustConfig } from "./trust.ts";
import { editConfig } from "./write.ts";

const FILE = '{\n  // mine\n  "mcpServers": {\n    "a": { "command": "a" }\n  }\n}\n';
const entry = { command: "x" };

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "toolyard-write-")));
  file = join(folder, "toolyard.json");
  await writeFile(file, FILE);
});

afterEach(() => rm(folder, { recursive: true }));

const serversIn = async (path: string = file): Promise<string[]> => [...parseConfigText(await readFile(path, "utf8"), path).servers.keys()];

describe("editConfig", () => {
  it("writes the edit, keeps comments and mode, and answers what it means", async () => {
    await chmod(file, 0o640);
    const config = await editConfig(file, addServer("b", entry));
    expect([...config.servers.keys()]).toEqual(["a", "b"]);
    expect(await readFile(file, "utf8")).toContain("// mine");
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect(await readdir(folder)).toEqual(["toolyard.json"]);
  });

  it("writes through a symbolic link", async () => {
    const link = join(folder, "link.json");
    await symlink("toolyard.json", link);
    await editConfig(link, addServer("b", entry));
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await serversIn()).toEqual(["a", "b"]);
  });

  it("loses no edit of many at once", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `s${index}x`);
    await Promise.all(names.map((name) => editConfig(file, addServer(name, entry))));
    expect((await serversIn()).toSorted()).toEqual(["a", ...names].toSorted());
  });

  it("applies the edit again to what an editor has saved meanwhile", async () => {
    let meddled = false;
    const edit = addServer("b", entry);
    const config = await editConfig(file, edit, {
      check: () => {
        if (meddled) return;
        meddled = true;
        writeFileNow(FILE.replace('"a"', '"z"'));
      },
    });
    expect([...config.servers.keys()]).toEqual(["z", "b"]);
    expect(await serversIn()).toEqual(["z", "b"]);
  });

  it("gives up on a file that never stays still", async () => {
    let count = 0;
    const check = (): void => writeFileNow(FILE.replace("mine", `mine ${count++}`));
    await expect(editConfig(file, addServer("b", entry), { check })).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await serversIn()).toEqual(["a"]);
  });

  it("leaves a file alone that is broken, or would be", async () => {
    await writeFile(file, "{ broken");
    await expect(editConfig(file, addServer("b", entry))).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(await readFile(file, "utf8")).toBe("{ broken");
    const used = '{ "mcpServers": { "a": { "command": "x" } }, "toolsets": { "t": { "servers": ["a"] } } }';
    await writeFile(file, used);
    await expect(editConfig(file, removeServer("a"))).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(await readFile(file, "utf8")).toBe(used);
  });

  it("writes nothing that its caller refuses", async () => {
    const check = (): never => {
      throw new Error("no");
    };
    await expect(editConfig(file, addServer("b", entry), { check })).rejects.toThrow("no");
    expect(await readFile(file, "utf8")).toBe(FILE);
    expect(await readdir(folder)).toEqual(["toolyard.json"]);
  });

  it("keeps a trusted file trusted, and no other", async () => {
    const stateDir = join(folder, "state");
    await editConfig(file, addServer("b", entry), { stateDir });
    expect(await isTrusted(file, await readFile(file, "utf8"), stateDir)).toBe(false);
    await trustConfig(file, await readFile(file, "utf8"), stateDir);
    await editConfig(file, addServer("c", entry), { stateDir });
    expect(await isTrusted(file, await readFile(file, "utf8"), stateDir)).toBe(true);
  });

  it("takes over from a process that died with the lock in its hand", async () => {
    await writeFile(`${file}.lock`, "dead");
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${file}.lock`, longAgo, longAgo);
    await Promise.all(["b", "c"].map((name) => editConfig(file, addServer(name, entry))));
    expect((await serversIn()).toSorted()).toEqual(["a", "b", "c"]);
    expect(await readdir(folder)).toEqual(["toolyard.json"]);
  });

  it("says so when there is no file", async () => {
    await expect(editConfig(join(folder, "none.json"), addServer("b", entry))).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND" });
  });
});

/** At once, so that it falls between the reading and the writing. */
function writeFileNow(text: string): void {
  writeFileSync(file, text);
}
