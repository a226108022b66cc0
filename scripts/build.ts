/**
 * Builds `dist/` afresh beside the old one and then takes its place, so that a build that fails, or one under way, breaks nobody.
 * Types are the compiler's, file by file. The code is put into few files: to find and load some hundred small ones, and those of
 * zod, took half of a start.
 */

import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const fresh = `${dist}-${process.pid}`;
const old = `${fresh}-old`;

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

/** Put into the build, so that nobody has to install it; its licence goes along. */
const BUNDLED = "zod";
/** What the benchmark loads where Node takes no TypeScript. */
const FOR_BENCH = ["catalog/snapshot", "selection/tool-index"];

try {
  compileTypes();
  await bundle();
  chmodSync(join(fresh, "cli/main.js"), 0o755);
  takePlace();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
}

function compileTypes(): void {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const args = [compiler, "-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", fresh];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("The types do not compile.");
}

async function bundle(): Promise<void> {
  const build = await rolldown({
    input: Object.fromEntries([...published(), ...FOR_BENCH].map((name) => [name, join(root, "src", `${name}.ts`)])),
    platform: "node",
    external: Object.keys(manifest.dependencies),
    onLog(level, log, handle) {
      if (level === "warn") throw new Error(log.message);
      handle(level, log);
    },
  });
  await build.write({ dir: fresh, format: "esm", chunkFileNames: "chunks/[name].js" });
  await build.close();
  const licence = readFileSync(join(root, "node_modules", BUNDLED, "LICENSE"), "utf8");
  writeFileSync(join(fresh, "THIRD-PARTY.txt"), `Parts of this build are ${BUNDLED}:\n\n${licence}`);
}

/** The files that the package names, as they are called in `src/`. */
function published(): string[] {
  const paths = [
    ...Object.values(manifest.exports).map((entry) => (typeof entry === "string" ? entry : entry.default)),
    ...Object.values(manifest.bin),
  ];
  return paths.flatMap((path) => /^(?:\.\/)?dist\/(.+)\.js$/.exec(path)?.[1] ?? []);
}

function takePlace(): void {
  try {
    renameSync(dist, old);
  } catch {
    // the first build has nothing to replace
  }
  renameSync(fresh, dist);
}
