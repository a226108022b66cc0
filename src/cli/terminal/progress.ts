/** What `serve` shows while servers come up: one line each, then the addresses, then nothing. */

import type { ServerStatus } from "../../status.ts";
import type { Toolyard } from "../../toolyard.ts";
import { paint, type Output, type Painted, type Word } from "./output.ts";
import { clean, fit, widthOf } from "./text.ts";

const DOWN: ReadonlySet<string> = new Set(["failed", "backoff", "auth-required"]);
const LONGEST_REASON = 600;

/** Resolves when every server has had its chance and the addresses are shown. */
export async function reportServers(yard: Toolyard, url: string, output: Output): Promise<void> {
  const shown = new Set<string>();
  const show = (status: ServerStatus): void => {
    if (shown.has(status.name)) return;
    shown.add(status.name);
    showServer(status, widthOfNames(yard), output);
  };
  const showDone = (): void => {
    for (const status of yard.servers()) if (isDone(status)) show(status);
  };
  showDone();
  const stops = [yard.on("server", showDone), yard.on("change", showDone)];
  await yard.ready();
  for (const stop of stops) stop();
  for (const status of yard.servers()) show(status);
  showAddresses(yard, url, output);
}

function isDone({ state, lists }: ServerStatus): boolean {
  return state === "disabled" || DOWN.has(state) || (state === "ready" && lists === "live");
}

function widthOfNames(yard: Toolyard): number {
  return Math.max(...yard.servers().map(({ name }) => widthOf(clean(name))));
}

function showServer(status: ServerStatus, width: number, output: Output): void {
  const { name, state, reason, mend = "" } = status;
  const indent = width + 4;
  if (reason === undefined) return output.say(mark(status), " ", fit(clean(name), width), "  ", ...summary(status));
  output.say(mark(status), " ", fit(clean(name), width), "  ", paint("red", state === "ready" ? "ready, but" : state));
  output.note(shorten(reason), indent);
  output.note(mend, indent);
}

/** One character that says how a server stands. */
function mark({ state, reason }: ServerStatus): Painted {
  if (state === "ready") return reason === undefined ? paint("green", "✓") : paint("yellow", "!");
  return DOWN.has(state) || reason !== undefined ? paint("red", "✗") : paint("dim", "–");
}

function summary({ state, tools, transport, era = "" }: ServerStatus): Word[] {
  if (state !== "ready") return [paint("dim", state)];
  return [`${String(tools).padStart(3)} ${tools === 1 ? "tool " : "tools"}`, paint("dim", `  ${transport}, ${era}`)];
}

function shorten(reason: string): string {
  const text = clean(reason);
  return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text;
}

function showAddresses(yard: Toolyard, url: string, output: Output): void {
  const all = yard.servers().filter(({ state, reason }) => state !== "disabled" || reason !== undefined);
  const ready = all.filter(({ state }) => state === "ready");
  output.say("");
  output.say(`${ready.length} of ${all.length} servers, ${yard.snapshot().tools.length} tools`);
  output.say("  ", paint("bold", url));
  for (const toolset of yard.config.toolsets.keys()) output.say(`  ${url}/${encodeURIComponent(toolset)}`);
  output.say("");
  output.say(paint("dim", "Ctrl-C ends it."));
}
