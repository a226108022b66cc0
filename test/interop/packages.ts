/** The programs of others that are tried: where they come from, in which version, and how each is put into a folder of its own. */

import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface Package {
  readonly name: string;
  readonly version: string;
  /** What has to stand beside it. */
  readonly beside?: readonly string[];
}

/** A package in its folder. */
export interface Installed extends Package {
  readonly folder: string;
  /** Path of a program of it. */
  bin(name: string): string;
}

const run = promisify(execFile);
const drivers = fileURLToPath(new URL("drivers/", import.meta.url));

/** What each package may do at its installation: nothing. */
const QUIET = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];

/**
 * Installs a package, or finds it from an earlier run.
 *
 * @param cache where packages are kept between runs
 * @throws Error with npm's words
 */
export async function install(cache: string, wanted: Package): Promise<Installed> {
  const { name, version, beside = [] } = wanted;
  const folder = join(cache, name.replace("@", "").replace("/", "+"));
  const specs = [`${name}@${version}`, ...beside];
  mkdirSync(folder, { recursive: true });
  const note = join(folder, "installed.json");
  if (!existsSync(note) || readFileSync(note, "utf8") !== JSON.stringify(specs)) {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
    process.stderr.write(`npm install ${specs.join(" ")} …\n`);
    await run("npm", ["install", ...QUIET, ...specs], { cwd: folder, maxBuffer: 64 << 20 });
    writeFileSync(note, JSON.stringify(specs));
  }
  return { ...wanted, folder, bin: (program) => join(folder, "node_modules/.bin", program) };
}

/** Puts a driver beside the client that it drives, since a module is looked for from where the program stands. */
export function placeDriver({ folder }: Installed, driver: string): string {
  for (const file of ["kit.mjs", driver]) copyFileSync(join(drivers, file), join(folder, file));
  return join(folder, driver);
}
