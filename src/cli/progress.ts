/** What `serve` shows while servers come up: one line each, then the addresses, then nothing. */

import type { ServerStatus } from "../status.ts";
import type { Toolyard } from "../toolyard.ts";
import type { Output } from "./output.ts";

const SETTLED: ReadonlySet<string> = new Set(["ready", "failed", "backoff", "auth-required", "disabled"]);

/** Resolves when every server has had its chance and the addresses are shown. */
export async function reportServers(yard: Toolyard, url: string, output: Output): Promise<void> {
  const shown = new Set<string>();
  const show = (status: ServerStatus): void => {
    if (shown.has(status.name) || !SETTLED.has(status.state)) return;
    shown.add(status.name);
    output.say(lineOf(status, output));
  };
  for (const status of yard.servers()) if (status.state === "disabled") show(status);
  const stop = yard.on("server", (status) => {
    if (status.state !== "ready") show(status);
  });
  const stopLists = yard.on("change", () => {
    for (const status of yard.servers()) if (status.lists === "live") show(status);
  });
  await yard.ready();
  stop();
  stopLists();
  for (const status of yard.servers()) show(status);
  addresses(yard, url, output);
}

function lineOf({ name, state, reason, tools, transport, era }: ServerStatus, output: Output): string {
  if (state === "ready") {
    const what = `${tools} ${tools === 1 ? "tool" : "tools"}`;
    return `${output.paint("green", "✓")} ${name}  ${output.paint("dim", `${what}, ${transport}, ${era ?? "?"}`)}`;
  }
  const mark = state === "disabled" && reason === undefined ? output.paint("dim", "–") : output.paint("red", "✗");
  return `${mark} ${name}  ${state}${reason === undefined ? "" : `: ${firstLines(reason)}`}`;
}

function firstLines(reason: string): string {
  const text = reason.replaceAll(/\s+/g, " ");
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function addresses(yard: Toolyard, url: string, output: Output): void {
  const { tools } = yard.snapshot();
  output.say("");
  output.say(`${output.paint("bold", url)}  ${tools.length} tools`);
  for (const toolset of yard.config.toolsets.keys()) output.say(`${url}/${toolset}`);
  output.say(output.paint("dim", "Ctrl-C ends it."));
}
