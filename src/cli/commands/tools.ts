/** `toolyard tools`: everything that can be called, by its exposed name. */

import { EXIT } from "../exit.ts";
import type { Output } from "../output.ts";
import type { CommonOptions } from "../program.ts";
import { table } from "../table.ts";
import { withYard } from "../yard.ts";

export interface ToolsOptions extends CommonOptions {
  readonly server?: string;
  readonly toolset?: string;
  readonly timeout?: number;
}

const WAIT_MS = 10_000;
const COLUMNS = [{ title: "tool" }, { title: "description", flexible: true }];

export async function run(output: Output, options: ToolsOptions): Promise<number> {
  return await withYard(options, async ({ yard, gateway }) => {
    await yard.ready({ timeoutMs: options.timeout ?? WAIT_MS });
    const view = yard.view(options.toolset !== undefined && gateway === undefined ? { toolset: options.toolset } : {});
    const tools = view.tools(options.server === undefined || gateway !== undefined ? {} : { server: options.server });
    if (output.json) output.data(JSON.stringify(tools, undefined, 2));
    else {
      const rows = tools.map(({ name, title, description }) => [name, (description ?? title ?? "").replaceAll(/\s+/g, " ")]);
      for (const line of table(COLUMNS, rows, output.width)) output.data(line);
    }
    for (const { server, state, reason } of view.missing())
      output.say(`${output.paint("yellow", "missing:")} ${server} is ${state}${reason === undefined ? "" : `: ${reason}`}`);
    return EXIT.good;
  });
}
