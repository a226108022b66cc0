import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseConfigText } from "../load.ts";

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "toolyard-crash-")));
});
afterAll(() => rm(folder, { recursive: true }));

const WRITER = `
import { replaceFile } from ${JSON.stringify(new URL("atomic.ts", import.meta.url).href)};
const [file, size] = process.argv.slice(1);
console.log("ready");
for (let count = 0; ; count++) {
  const servers = Object.fromEntries(Array.from({ length: Number(size) }, (_, index) => ["s" + index + "x", { command: "c" + count }]));
  await replaceFile(file, JSON.stringify({ mcpServers: servers }), 0o600);
}`;

const EDITOR = `
import { addServer } from ${JSON.stringify(new URL("edit.ts", import.meta.url).href)};
import { editConfig } from ${JSON.stringify(new URL("write.ts", import.meta.url).href)};
const [file, name] = process.argv.slice(1);
for (let count = 0; count < 15; count++) await editConfig(file, addServer(name + count + "x", { command: "x" }));
`;

it("no edit is lost of three processes that edit one file", { timeout: 30_000 }, async () => {
  const file = join(folder, "shared.json");
  await writeFile(file, '{ "mcpServers": {} }');
  const ends = ["a", "b", "c"].map((name) => {
    const editor = spawn(process.execPath, ["--input-type=module-typescript", "-e", EDITOR, file, name], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    return new Promise((resolve) => editor.once("exit", resolve));
  });
  expect(await Promise.all(ends)).toEqual([0, 0, 0]);
  expect(parseConfigText(await readFile(file, "utf8"), file).servers.size).toBe(45);
});

it("a file is whole, old or new, whenever its writer is killed", { timeout: 20_000 }, async () => {
  const file = join(folder, "toolyard.json");
  await writeFile(file, '{ "mcpServers": {} }');
  for (let round = 0; round < 8; round++) {
    const writer = spawn(process.execPath, ["--input-type=module-typescript", "-e", WRITER, file, "300"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const gone = new Promise((resolve) => writer.once("exit", resolve));
    await new Promise((resolve) => writer.stdout.once("data", resolve));
    await new Promise((resolve) => setTimeout(resolve, 5 + round * 7));
    writer.kill("SIGKILL");
    await gone;
    const { servers } = parseConfigText(await readFile(file, "utf8"), file);
    const commands = new Set([...servers.values()].map(({ transport }) => (transport.kind === "stdio" ? transport.command : "")));
    expect([servers.size === 0 || servers.size === 300, commands.size <= 1]).toEqual([true, true]);
  }
  expect((await readdir(folder)).filter((name) => name === "toolyard.json")).toHaveLength(1);
});
