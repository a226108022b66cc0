/** `toolyard trust [FILE]`: says that a configuration which came with a folder has been read, and may run its commands. */

import { resolve } from "node:path";
import { trustConfig } from "../../config/file/trust.ts";
import { parseConfigText, readConfigText } from "../../config/load.ts";
import { redactorFor } from "../../upstream/links/redact.ts";
import { EXIT } from "../exit.ts";
import { locate } from "../place.ts";
import type { CommonOptions } from "../command.ts";
import type { Output } from "../terminal/output.ts";

export async function run(output: Output, options: CommonOptions, named?: string): Promise<number> {
  const config = named ?? options.config ?? resolve("toolyard.json");
  const { file, paths, inputs } = await locate({ ...options, config });
  const text = await readConfigText(file);
  const { servers } = parseConfigText(text, file, { inputs });
  await trustConfig(file, text, paths.state);
  if (output.json) output.data(JSON.stringify({ file, trusted: true }));
  output.say(`Trusted ${file}, as it is now. What it runs:`);
  for (const server of servers.values()) {
    const { name, transport } = server;
    const what =
      transport.kind === "stdio"
        ? [transport.command, ...transport.args].join(" ")
        : transport.kind === "local"
          ? "in process"
          : transport.url;
    output.say(`  ${name}: ${redactorFor(server)(what)}`);
  }
  return EXIT.good;
}
