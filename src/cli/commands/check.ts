/** `toolyard check`: the same verdict on a configuration as a start, and whether what must be there is there. */

import type { Toolyard } from "../../toolyard.ts";
import { EXIT } from "../exit.ts";
import { findPlace } from "../place.ts";
import type { CommonOptions } from "../command.ts";
import { paint, type Output } from "../terminal/output.ts";
import { clean, fit, widthOf } from "../terminal/text.ts";
import { withOwnYard } from "../yard.ts";

export interface CheckOptions extends CommonOptions {
  readonly require?: string[];
  readonly timeout?: number;
}

interface Finding {
  readonly about: string;
  readonly good: boolean;
  /** What is off is neither good nor bad. */
  readonly off?: boolean;
  readonly says: string;
  readonly mend?: string;
}

const WAIT_MS = 60_000;

/** Always over servers of its own: a running gateway's would tell nothing of a start. Exit 2 when an entry is wrong, 1 for the rest. */
export async function run(output: Output, options: CheckOptions): Promise<number> {
  const place = await findPlace(options);
  return await withOwnYard(place, {}, async (yard) => {
    await yard.ready({ timeoutMs: options.timeout ?? WAIT_MS });
    const findings = [...servers(yard), ...required(yard, options.require ?? [])];
    if (output.json) output.value({ file: place.file, findings }, 2);
    else for (const finding of findings) show(finding, widthOfNames(findings), output);
    if (yard.config.rejected.size > 0) return EXIT.usage;
    return findings.every(({ good }) => good) ? EXIT.good : EXIT.failed;
  });
}

function servers(yard: Toolyard): Finding[] {
  return yard.servers().flatMap(({ name, state, reason, mend, tools, lists }): Finding[] => {
    const off = state === "disabled" && reason === undefined;
    const good = off || (state === "ready" && lists === "live" && reason === undefined);
    const says = reason ?? (off ? "disabled" : `${state}, ${tools} ${tools === 1 ? "tool" : "tools"}`);
    return [{ about: name, good, ...(off ? { off } : {}), says, ...(mend === undefined ? {} : { mend }) }, ...hidden(yard, name)];
  });
}

/** Definitions that are broken or lost their name are worth a line, but nothing fails by them. */
function hidden(yard: Toolyard, server: string): Finding[] {
  const snapshot = yard.snapshot();
  const ofServer = snapshot.hidden.filter(({ id }) => id.startsWith(`${server}/`));
  const all = [...(snapshot.sections.get(server)?.hidden ?? []), ...ofServer];
  return all.map(({ id, reason }) => ({ about: id, good: true, says: `not offered: ${reason}` }));
}

function required(yard: Toolyard, ids: readonly string[]): Finding[] {
  const { tools, prompts, resources } = yard.snapshot();
  const offered = new Set([...tools, ...prompts, ...resources].flatMap(({ id, name }) => [id, name]));
  return ids.map((id) => {
    if (offered.has(id)) return { about: id, good: true, says: "required, and there" };
    return { about: id, good: false, says: `required, and not there: ${yard.why(id).reasons.join(" ")}` };
  });
}

function widthOfNames(findings: readonly Finding[]): number {
  return Math.max(0, ...findings.filter(({ good }) => good).map(({ about }) => widthOf(clean(about))));
}

function show({ about, good, off = false, says, mend }: Finding, width: number, output: Output): void {
  const mark = off ? paint("dim", "–") : good ? paint("green", "✓") : paint("red", "✗");
  if (good) return output.data(mark, " ", fit(clean(about), width), "  ", says);
  output.data(mark, ` ${about}`);
  for (const text of [says, mend]) if (text !== undefined) output.note(text, 4, "stdout");
}
