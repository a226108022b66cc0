/** `add`, `remove`, `enable`, `disable`: changes to the configuration file that keep its comments. */

import { ToolyardError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { addServer, disableServer, enableServer, removeServer, type ConfigEdit } from "../../config/file/edit.ts";
import { editConfig } from "../../config/file/write.ts";
import { EXIT } from "../exit.ts";
import type { Output } from "../output.ts";
import { locate } from "../place.ts";
import type { CommonOptions } from "../program.ts";

export interface AddOptions extends CommonOptions {
  readonly header?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly replace?: boolean;
}

/** `add NAME -- COMMAND ARG…` or `add NAME URL`. */
export async function add(output: Output, options: AddOptions, name: string, words: string[]): Promise<number> {
  const entry = entryFrom(name, words, options);
  const edit = addServer(name, entry, { replace: options.replace === true });
  return await change(output, options, edit, `Added "${name}": ${JSON.stringify(entry)}`, name);
}

export function remove(output: Output, options: CommonOptions, name: string): Promise<number> {
  return change(output, options, removeServer(name), `Removed "${name}".`);
}

export function enable(output: Output, options: CommonOptions, name: string): Promise<number> {
  return change(output, options, enableServer(name), `Enabled "${name}".`, name);
}

export function disable(output: Output, options: CommonOptions, name: string): Promise<number> {
  return change(output, options, disableServer(name), `Disabled "${name}".`);
}

/** @throws CONFIG_INVALID when the entry named `must` would be wrong; nothing is written then */
async function change(output: Output, options: CommonOptions, edit: ConfigEdit, done: string, must?: string): Promise<number> {
  const { file, inputs } = await locate(options);
  await editConfig(file, edit, {
    inputs,
    check: ({ rejected }) => {
      const wrong = must === undefined ? undefined : rejected.get(must);
      if (wrong !== undefined) throw wrong;
    },
  });
  if (output.json) output.data(JSON.stringify({ file, done }));
  output.say(`${done} (${file})`);
  return EXIT.good;
}

function entryFrom(name: string, words: readonly string[], { header, env, type }: AddOptions): JsonObject {
  const [first, ...rest] = words;
  if (first === undefined) {
    const mend = `toolyard add ${name} -- COMMAND ARG…, or toolyard add ${name} https://…`;
    throw new ToolyardError("USAGE", "What should be added: a command or a URL?", { mend });
  }
  if (/^https?:\/\//i.test(first) && rest.length === 0) {
    return { ...(type === undefined ? {} : { type }), url: first, ...(header === undefined ? {} : { headers: { ...header } }) };
  }
  if (header !== undefined) throw new ToolyardError("USAGE", "--header belongs to a URL.", { mend: "A command takes --env NAME=VALUE." });
  return { command: first, args: rest, ...(env === undefined ? {} : { env: { ...env } }) };
}
