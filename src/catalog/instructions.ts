/** What the servers say of themselves, as one text for a model: bounded, so that no server crowds out the rest. */

import type { Section, Snapshot } from "./item.ts";

/** Bytes of UTF-8. */
const ONE = 2 * 1024;
const ALL = 8 * 1024;
const MARK = " […]";

/**
 * The instructions of the Snapshot's servers in their order, under one heading each; undefined when there are none.
 * One server gets 2 KiB at the most, all together 8 KiB; what is longer is cut at a word and marked.
 */
export function mergeInstructions(snapshot: Pick<Snapshot, "sections">): string | undefined {
  let text = "";
  for (const section of snapshot.sections.values()) {
    const part = partOf(section);
    if (part === "") continue;
    const joined = text === "" ? part : `${text}\n\n${part}`;
    text = cut(joined, ALL);
    if (text !== joined) break;
  }
  return text === "" ? undefined : text;
}

function partOf({ server, prefix, instructions }: Section): string {
  const own = instructions?.trim() ?? "";
  if (own === "") return "";
  const heading = prefix === "" ? `# ${server}` : `# ${server} (${prefix}…)`;
  return `${heading}\n\n${cut(own, ONE)}`;
}

/** The text, or as much of it as fits into so many bytes, mark included, up to the end of a word. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const room = bytes - Buffer.byteLength(MARK);
  const fitting = new TextDecoder().decode(Buffer.from(text).subarray(0, room), { stream: true });
  const words = /^[\s\S]*\S(?=\s)/.exec(fitting)?.[0] ?? fitting;
  return words + MARK;
}
