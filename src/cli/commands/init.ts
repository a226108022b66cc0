/** `toolyard init`: a first configuration, with comments; asks before it writes, and never overwrites. */

import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { ToolyardError } from "../../base/errors.ts";
import { starterConfig } from "../../config/file/init.ts";
import { userConfigFile } from "../../config/file/locate.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../command.ts";
import { paint, type Output } from "../terminal/output.ts";

export interface InitOptions extends CommonOptions {
  readonly yes?: boolean;
}

/** Shipped with the package, wherever it is installed. */
const schemaUrl = (): string => import.meta.resolve("toolyard/toolyard.schema.json");

export async function run(output: Output, { config, yes = false }: InitOptions): Promise<number> {
  const file = config === undefined ? userConfigFile() : resolve(config);
  await refuseExisting(file);
  const text = starterConfig(schemaUrl());
  if (!yes && !(await agreed(file, text, output))) {
    output.say("Nothing was written.");
    return EXIT.failed;
  }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, text, { flag: "wx", mode: 0o600 });
  if (output.json) output.value({ file });
  else tellNext(file, config !== undefined, output);
  return EXIT.good;
}

async function refuseExisting(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return;
  throw new ToolyardError("USAGE", `${file} is there already, and stays as it is.`, {
    mend: "Add servers to it with `toolyard add`, or name another file with --config.",
  });
}

/** @throws USAGE where nobody can be asked */
async function agreed(file: string, text: string, output: Output): Promise<boolean> {
  if (!output.interactive || !process.stdin.isTTY || process.env["CI"] !== undefined) {
    throw new ToolyardError("USAGE", `Nobody can be asked whether ${file} may be written.`, { mend: "Say so with --yes." });
  }
  output.say(paint("dim", `${file}:`));
  output.text(text, "stderr");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new Promise<string>((done) => terminal.once("close", () => done("")));
  terminal.once("SIGINT", () => process.exit(EXIT.interrupted));
  try {
    const answer = await Promise.race([terminal.question("Write it? [y/N] "), gone]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function tellNext(file: string, named: boolean, output: Output): void {
  const option = named ? ` --config ${file}` : "";
  output.say(`Written: ${file}`);
  output.say("Put your servers in, then:");
  output.say(`  toolyard check${option}   `, paint("dim", "starts each once and says what is wrong"));
  output.say(`  toolyard serve${option}   `, paint("dim", "runs the gateway"));
}
