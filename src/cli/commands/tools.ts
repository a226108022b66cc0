/** `toolyard tools`: everything that can be called, by its exposed name. */

import { ToolyardError } from "../../base/errors.ts";
import type { Config } from "../../config/config.ts";
import type { ToolDefinition } from "../../host.ts";
import type { ServerStatus } from "../../status.ts";
import { EXIT } from "../exit.ts";
import type { OwnerOf } from "../owners.ts";
import { findPlace, type Place } from "../place.ts";
import type { CommonOptions } from "../command.ts";
import { serversBehind, toolsBehind } from "../running/lists.ts";
import { findRunning, type Running } from "../running/record.ts";
import { paint, type Output } from "../terminal/output.ts";
import { table } from "../terminal/table.ts";
import type { Listed } from "./tools-tokens.ts";

export interface ToolsOptions extends CommonOptions {
  readonly server?: string;
  readonly toolset?: string;
  readonly timeout?: number;
  /** What they cost a model's window, in their place. */
  readonly tokens?: boolean;
}

const WAIT_MS = 10_000;
const COLUMNS = [{ title: "TOOL" }, { title: "DESCRIPTION", flexible: true }];

/** What there is, wherever it comes from. */
interface Everything extends Listed {
  readonly servers: readonly ServerStatus[];
}

export async function run(output: Output, options: ToolsOptions): Promise<number> {
  const place = await findPlace(options);
  const running = await findRunning(place);
  return running === undefined
    ? await listOwn(place, options, output)
    : await show(await listBehind(running, place, options), options, output);
}

async function listOwn(place: Place, options: ToolsOptions, output: Output): Promise<number> {
  const { toolset, timeout = WAIT_MS } = options;
  const { withOwnYard } = await import("../yard.ts");
  return await withOwnYard(place, {}, async (yard) => {
    const view = yard.view(toolset === undefined ? {} : { toolset });
    await yard.ready({ timeoutMs: timeout });
    const ownerOf: OwnerOf = (name) => yard.resolve(name)?.server;
    const known = { config: () => Promise.resolve(yard.config), ownerOf: () => Promise.resolve(ownerOf) };
    return await show({ tools: view.allTools(), servers: yard.servers(), ...known }, options, output);
  });
}

async function listBehind(running: Running, place: Place, { toolset, timeout = WAIT_MS }: ToolsOptions): Promise<Everything> {
  const path = toolset === undefined ? "" : `/${encodeURIComponent(toolset)}`;
  const tools = await toolsBehind(running, path, timeout);
  const config = async (): Promise<Config> => (await import("../../config/load.ts")).loadConfig(place.file, { inputs: place.inputs });
  const ownerOf = async (): Promise<OwnerOf> => (await import("../owners.ts")).ownersBy(await config());
  return { tools, servers: await serversBehind(running), config, ownerOf };
}

async function show(listed: Everything, options: ToolsOptions, output: Output): Promise<number> {
  const { server } = options;
  const tools = server === undefined ? listed.tools : await onlyOf(server, listed);
  if (options.tokens === true) await printTokensOf({ ...listed, tools }, output);
  else print(tools, output);
  for (const status of listed.servers) {
    if (status.lists === "none" && !isOff(status) && (server ?? status.name) === status.name) tellMissing(status, output);
  }
  return EXIT.good;
}

async function printTokensOf(listed: Listed, output: Output): Promise<void> {
  const { printTokens } = await import("./tools-tokens.ts");
  await printTokens(listed, output);
}

function isOff({ state, reason }: ServerStatus): boolean {
  return state === "disabled" && reason === undefined;
}

function tellMissing({ name, state, reason }: ServerStatus, output: Output): void {
  output.say(paint("yellow", "missing: "), `${name} is ${state}`);
  if (reason !== undefined) output.note(reason, 2);
}

/** @throws USAGE when there is no such server */
async function onlyOf(server: string, listed: Listed): Promise<readonly ToolDefinition[]> {
  const { servers, rejected } = await listed.config();
  if (rejected.has(server)) return [];
  if (!servers.has(server)) {
    const names = [...servers.keys(), ...rejected.keys()];
    throw new ToolyardError("USAGE", `There is no server "${server}".`, { mend: `There are: ${names.join(", ")}.` });
  }
  const ownerOf = await listed.ownerOf();
  return listed.tools.filter(({ name }) => ownerOf(name) === server);
}

function print(tools: readonly ToolDefinition[], output: Output): void {
  if (output.json) return output.value(tools, 2);
  if (tools.length === 0) return output.say("There are no tools.");
  const rows = tools.map(({ name, title = "", description = title }) => [name, description]);
  for (const line of table(COLUMNS, rows, output.width)) output.data(...line);
}
