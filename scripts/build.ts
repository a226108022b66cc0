/** Builds `dist/` afresh: compiled modules, their types, and the command that npm links. */

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const command = join(dist, "cli/main.js");

rmSync(dist, { recursive: true, force: true });
const compiler = join(root, "node_modules/typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
if (existsSync(command)) chmodSync(command, 0o755);
process.exitCode = status ?? 1;
