/** `add`, `remove`, `enable`, `disable`: changes to the configuration file that keep its comments. */

import { ToolyardError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { addServer, disableServer, enableServer, removeServer, type ConfigEdit } from "../../config/file/edit.ts";
import { editConfig } from "../../config/file/write.ts";
import { EXIT } from "../exit.ts";
import { locate } from "../place.ts";
import type { CommonOptions } from "../command.ts";
import type { Output } from "../terminal/output.ts";

export interface AddOptions extends CommonOptions {
  readonly header?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly type?: "sse";
  readonly replace?: boolean;
}

interface Change {
  readonly server: string;
  readonly edit: ConfigEdit;
  /** What has then been done to the server. */
  readonly done: "added" | "removed" | "enabled" | "disabled";
}

/** `add NAME -- COMMAND ARG…` or `add NAME URL`. */
export function add(output: Output, options: AddOptions, server: string, words: string[]): Promise<number> {
  const edit = addServer(server, entryFrom(server, words, options), { replace: options.replace === true });
  return change(output, options, { server, edit, done: "added" });
}

export function remove(output: Output, options: CommonOptions, server: string): Promise<number> {
  return change(output, options, { server, edit: removeServer(server), done: "removed" });
}

export function enable(output: Output, options: CommonOptions, server: string): Promise<number> {
  return change(output, options, { server, edit: enableServer(server), done: "enabled" });
}

export function disable(output: Output, options: CommonOptions, server: string): Promise<number> {
  return change(output, options, { server, edit: disableServer(server), done: "disabled" });
}

/** @throws CONFIG_INVALID when an entry that is to be used would be wrong; nothing is written then */
async function change(output: Output, options: CommonOptions, { server, edit, done }: Change): Promise<number> {
  const { file, inputs } = await locate(options);
  const mustBeGood = done === "added" || done === "enabled";
  await editConfig(file, edit, {
    inputs,
    check: ({ rejected }) => {
      const wrong = mustBeGood ? rejected.get(server) : undefined;
      if (wrong !== undefined) throw wrong;
    },
  });
  if (output.json) output.value({ file, server, done });
  else output.say(`The server "${server}" is ${done} in ${file}.`);
  return EXIT.good;
}

/** @throws USAGE */
function entryFrom(name: string, words: readonly string[], { header, env, type }: AddOptions): JsonObject {
  const [first, ...rest] = words;
  if (first === undefined) {
    const mend = `toolyard add ${name} -- COMMAND ARG…, or toolyard add ${name} https://…`;
    throw new ToolyardError("USAGE", "What should be added: a command or a URL?", { mend });
  }
  const isUrl = /^https?:\/\//i.test(first) && rest.length === 0;
  if (isUrl && env !== undefined)
    throw new ToolyardError("USAGE", "--env belongs to a command.", { mend: "A URL takes --header NAME=VALUE." });
  if (isUrl) return { ...(type === undefined ? {} : { type }), url: first, ...(header === undefined ? {} : { headers: { ...header } }) };
  if (type !== undefined) throw new ToolyardError("USAGE", "--type belongs to a URL.", { mend: "Leave it out." });
  if (header !== undefined) throw new ToolyardError("USAGE", "--header belongs to a URL.", { mend: "A command takes --env NAME=VALUE." });
  return { command: first, args: rest, ...(env === undefined ? {} : { env: { ...env } }) };
}
