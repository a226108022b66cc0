/** Builds `dist/` afresh beside the old one and then takes its place, so that a build that fails, or one under way, breaks nobody. */

import { spawnSync } from "node:child_process";
import { chmodSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const fresh = `${dist}-${process.pid}`;
const old = `${fresh}-old`;

const compiler = join(root, "node_modules/typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", fresh], { cwd: root, stdio: "inherit" });
if (status === 0) {
  chmodSync(join(fresh, "cli/main.js"), 0o755);
  takePlace();
}
for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
process.exitCode = status ?? 1;

function takePlace(): void {
  try {
    renameSync(dist, old);
  } catch {
    // the first build has nothing to replace
  }
  renameSync(fresh, dist);
}
