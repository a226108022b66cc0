/** `toolyard tools`: everything that can be called, by its exposed name. */

import { ToolyardError } from "../../base/errors.ts";
import { loadConfig } from "../../config/load.ts";
import type { ServerStatus } from "../../status.ts";
import type { ToolDefinition } from "../../host.ts";
import { EXIT } from "../exit.ts";
import { ownersIn } from "../owners.ts";
import type { CommonOptions } from "../command.ts";
import { paint, type Output } from "../terminal/output.ts";
import { table } from "../terminal/table.ts";
import { withYard, type CommandYard } from "../yard.ts";
import { printTokens } from "./tools-tokens.ts";

export interface ToolsOptions extends CommonOptions {
  readonly server?: string;
  readonly toolset?: string;
  readonly timeout?: number;
  /** What they cost a model's window, in their place. */
  readonly tokens?: boolean;
}

const WAIT_MS = 10_000;
const COLUMNS = [{ title: "TOOL" }, { title: "DESCRIPTION", flexible: true }];

export async function run(output: Output, options: ToolsOptions): Promise<number> {
  const { toolset } = options;
  const path = toolset === undefined ? "" : `/${encodeURIComponent(toolset)}`;
  return await withYard(options, (opened) => show(opened, options, output), path);
}

async function show(opened: CommandYard, options: ToolsOptions, output: Output): Promise<number> {
  const { yard, gateway } = opened;
  const { server, toolset, timeout = WAIT_MS } = options;
  const view = yard.view(toolset !== undefined && gateway === undefined ? { toolset } : {});
  await yard.ready({ timeoutMs: timeout });
  const tools = server === undefined ? view.allTools() : await onlyOf(server, view.allTools(), opened);
  if (options.tokens === true) await printTokens(tools, opened, output);
  else print(tools, output);
  for (const status of await opened.servers()) {
    if (status.lists === "none" && !isOff(status) && (server ?? status.name) === status.name) tellMissing(status, output);
  }
  return EXIT.good;
}

function isOff({ state, reason }: ServerStatus): boolean {
  return state === "disabled" && reason === undefined;
}

function tellMissing({ name, state, reason }: ServerStatus, output: Output): void {
  output.say(paint("yellow", "missing: "), `${name} is ${state}`);
  if (reason !== undefined) output.note(reason, 2);
}

/** @throws USAGE when there is no such server */
async function onlyOf(server: string, tools: ToolDefinition[], opened: CommandYard): Promise<ToolDefinition[]> {
  const { yard, place, gateway } = opened;
  const config = gateway === undefined ? yard.config : await loadConfig(place.file, { inputs: place.inputs });
  const found = config.servers.get(server);
  if (found === undefined) {
    const names = [...config.servers.keys(), ...config.rejected.keys()];
    if (config.rejected.has(server)) return [];
    throw new ToolyardError("USAGE", `There is no server "${server}".`, { mend: `There are: ${names.join(", ")}.` });
  }
  const ownerOf = await ownersIn(opened);
  return tools.filter(({ name }) => ownerOf(name) === server);
}

function print(tools: ToolDefinition[], output: Output): void {
  if (output.json) return output.value(tools, 2);
  if (tools.length === 0) return output.say("There are no tools.");
  const rows = tools.map(({ name, title = "", description = title }) => [name, description]);
  for (const line of table(COLUMNS, rows, output.width)) output.data(...line);
}
