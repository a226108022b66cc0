#!/usr/bin/env node
/** The command line: which command, which exit code. What a command needs is loaded when it runs. */

import { enableCompileCache } from "node:module";

enableCompileCache();

if (process.argv.length === 3 && (process.argv[2] === "--version" || process.argv[2] === "-V")) {
  const { VERSION } = await import("../base/version.ts");
  process.stdout.write(`${VERSION}\n`);
} else {
  const { run } = await import("./program.ts");
  process.exitCode = await run(process.argv);
}
