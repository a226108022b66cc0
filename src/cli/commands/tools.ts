/** `toolyard tools`: everything that can be called, by its exposed name. */

import { namePrefix } from "../../catalog/name.ts";
import { loadConfig } from "../../config/load.ts";
import { ToolyardError } from "../../base/errors.ts";
import type { ToolDefinition } from "../../view.ts";
import { EXIT } from "../exit.ts";
import type { Output } from "../output.ts";
import type { CommonOptions } from "../program.ts";
import { table } from "../table.ts";
import { withYard, type CommandYard } from "../yard.ts";

export interface ToolsOptions extends CommonOptions {
  readonly server?: string;
  readonly toolset?: string;
  readonly timeout?: number;
}

const WAIT_MS = 10_000;
const COLUMNS = [{ title: "tool" }, { title: "description", flexible: true }];

export async function run(output: Output, options: ToolsOptions): Promise<number> {
  const { server, toolset, timeout = WAIT_MS } = options;
  const path = toolset === undefined ? "" : `/${encodeURIComponent(toolset)}`;
  return await withYard(
    options,
    async (opened) => {
      const { yard, gateway } = opened;
      await yard.ready({ timeoutMs: timeout });
      const view = yard.view(toolset !== undefined && gateway === undefined ? { toolset } : {});
      print(server === undefined ? view.tools() : await onlyOf(server, view.tools(), opened), output);
      for (const { server: name, state, reason = "" } of view.missing()) {
        output.say(`${output.paint("yellow", "missing:")} ${name} is ${state}  ${reason}`.trim());
      }
      return EXIT.good;
    },
    path,
  );
}

/** A gateway's list does not say whose a tool is; the namespace does. */
async function onlyOf(server: string, tools: ToolDefinition[], { yard, place, gateway }: CommandYard): Promise<ToolDefinition[]> {
  const config = gateway === undefined ? yard.config : await loadConfig(place.file, { inputs: place.inputs });
  const found = config.servers.get(server);
  if (found === undefined)
    throw new ToolyardError("USAGE", `There is no server "${server}".`, { mend: `There are: ${[...config.servers.keys()].join(", ")}.` });
  if (gateway === undefined) return yard.tools({ server });
  const prefix = namePrefix({ namespace: found.namespace, separator: config.naming.separator });
  return tools.filter(({ name }) => name.startsWith(prefix));
}

function print(tools: ToolDefinition[], output: Output): void {
  if (output.json) return output.data(JSON.stringify(tools, undefined, 2));
  const rows = tools.map(({ name, title = "", description = title }) => [name, description.replaceAll(/\s+/g, " ")]);
  for (const line of table(COLUMNS, rows, output.width)) output.data(line);
}
