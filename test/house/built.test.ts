/** What `npm run build` made, as those see it who install the package. */

import { execFile } from "node:child_process";
import { access, constants, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

interface Manifest {
  readonly bin: { readonly toolyard: string };
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;

/** By its published name, which only the built package answers to. */
async function exportsOf(specifier: string): Promise<string[]> {
  return Object.keys((await import(specifier)) as object).toSorted();
}

/** Prints, as JSON, the packages that a module loads and the built-in ones that are dear at a start. */
function loadedBy(path: string): string {
  return `
    import { registerHooks } from "node:module";
    const urls = new Set();
    registerHooks({ resolve: (specifier, context, next) => { const found = next(specifier, context); urls.add(found.url); return found; } });
    await import(${JSON.stringify(pathToFileURL(join(root, path)).href)});
    const packages = [...urls].map((url) => /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1]).filter(Boolean);
    const dear = process.moduleLoadList.filter((name) => name.includes("deps/undici"));
    console.log(JSON.stringify({ packages: [...new Set(packages)].sort(), dear }));
  `;
}

async function loaded(path: string): Promise<{ packages: string[]; dear: string[] }> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", loadedBy(path)]);
  return JSON.parse(stdout) as { packages: string[]; dear: string[] };
}

describe("the package", () => {
  it("exports what it promises, and nothing else", async () => {
    expect(await exportsOf("toolyard")).toEqual(["ToolyardError", "openToolyard"]);
    expect(await exportsOf("toolyard/openai-agents")).toEqual(["openaiAgents"]);
  });

  it("has a command that can be run", async () => {
    const command = join(root, manifest.bin.toolyard);
    await access(command, constants.X_OK);
    expect((await readFile(command, "utf8")).split("\n")[0]).toBe("#!/usr/bin/env node");
    const { stdout } = await run(process.execPath, [command, "--version"]);
    expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+/);
  });

  it("ships no tests", async () => {
    const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root });
    const paths = [...stdout.matchAll(/"path": "([^"]+)"/g)].map(([, path]) => path);
    expect(paths).toContain("dist/index.js");
    expect(paths.filter((path) => /\.(test|suite)\./.test(path ?? ""))).toEqual([]);
  });
});

describe("a start", () => {
  it.each(["dist/index.js", "dist/chunks/serve.js"])("of %s loads only dependencies, and nothing dear", async (path) => {
    const { packages, dear } = await loaded(path);
    expect(Object.keys(manifest.dependencies)).toEqual(expect.arrayContaining(packages));
    expect(packages).not.toContain("chokidar");
    expect(dear).toEqual([]);
  });

  it("of the adapter loads no framework", async () => {
    expect(await loaded("dist/adapters/openai-agents.js")).toEqual({ packages: [], dear: [] });
  });
});

describe("the types", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "toolyard-consumer-"));
    await mkdir(join(folder, "node_modules/@types"), { recursive: true });
    await symlink(root, join(folder, "node_modules/toolyard"));
    await symlink(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
    await writeFile(join(folder, "package.json"), `{ "type": "module" }`);
    const options = {
      module: "nodenext",
      target: "es2023",
      lib: ["es2024", "esnext.disposable"],
      strict: true,
      noEmit: true,
      types: ["node"],
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("compile strictly in somebody else's project", async () => {
    await writeFile(
      join(folder, "agent.ts"),
      `import { openToolyard, ToolyardError } from "toolyard";
       import { openaiAgents } from "toolyard/openai-agents";
       const yard = await openToolyard({ mcpServers: { files: { command: "files" } } });
       const names: string[] = yard.tools().map((tool) => tool.name);
       console.log(names, openaiAgents(yard.view()), ToolyardError);
       await yard.close();`,
    );
    const { stdout } = await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  });

  it("are there: a wrong use does not compile", async () => {
    await writeFile(join(folder, "agent.ts"), `import { openToolyard } from "toolyard";\nawait openToolyard(7);`);
    await expect(run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder])).rejects.toThrow();
  });
});
