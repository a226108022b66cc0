/** Which servers a View has and what for, so that a model knows what to look for. Servers' words are shown as theirs, short. */

import { stringOr } from "../../base/json.ts";
import type { Item, Section, Snapshot } from "../../catalog/item.ts";
import { aboutOf, oneLine, shortened } from "./signature.ts";

const ONE = 110;
const EXAMPLES = 4;

/**
 * One line for each server, as long as there is room, then names, then a count.
 *
 * @param room in characters
 */
export function serversText(snapshot: Snapshot, room: number): string {
  const tools = Map.groupBy(snapshot.tools, (item) => item.server);
  const sections = [...snapshot.sections.values()].filter(({ server, source }) => tools.has(server) || source === "none");
  const whole = sections.map((section) => lineOf(section, tools.get(section.server) ?? [], ONE));
  if (lengthOf(whole) <= room) return whole.join("\n");
  const short = sections.map((section) => lineOf(section, tools.get(section.server) ?? [], ONE / 2));
  if (lengthOf(short) <= room) return short.join("\n");
  return namesWithin(
    sections.map(({ server }) => oneLine(server)),
    room,
  );
}

/** `- github: "Issues, pull requests and code."` */
function lineOf(section: Section, tools: readonly Item[], room: number): string {
  const name = oneLine(section.server);
  if (tools.length === 0) return `- ${name}`;
  return `- ${name}: ${JSON.stringify(shortened(purposeOf(section, tools), room))}`;
}

/** The first sentence of what it says of itself; else what some of its tools are called. */
function purposeOf({ instructions }: Section, tools: readonly Item[]): string {
  const said = aboutOf({ description: plain(instructions ?? "") });
  if (said !== "") return said;
  const names = tools.slice(0, EXAMPLES).map(({ origin, definition }) => oneLine(stringOr(definition["title"]) ?? origin));
  return names.join(", ") + (tools.length > EXAMPLES ? ", …" : "");
}

/** Without headings. */
function plain(markdown: string): string {
  return markdown
    .split("\n")
    .filter((line) => !/^\s*[#<]/.test(line))
    .join("\n");
}

function namesWithin(names: readonly string[], room: number): string {
  let count = names.length;
  while (count > 0 && names.slice(0, count).join(", ").length > room - 16) count--;
  const left = names.length - count;
  return [...names.slice(0, count), ...(left > 0 ? [`and ${left} more`] : [])].join(", ");
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
