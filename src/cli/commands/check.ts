/** `toolyard check`: the same verdict on a configuration as a start, and whether what must be there is there. */

import { EXIT } from "../exit.ts";
import type { Output } from "../output.ts";
import { openPlace } from "../yard.ts";
import type { CommonOptions } from "../program.ts";
import type { Toolyard } from "../../toolyard.ts";

export interface CheckOptions extends CommonOptions {
  readonly require?: string[];
  readonly timeout?: number;
}

interface Finding {
  readonly about: string;
  readonly good: boolean;
  readonly says: string;
  readonly mend?: string;
}

const WAIT_MS = 60_000;

/** Exit 2 when an entry is wrong, 1 when a server does not come up or something required is missing. */
export async function run(output: Output, options: CheckOptions): Promise<number> {
  return await openPlace(options, async (yard, { file }) => {
    await yard.ready({ timeoutMs: options.timeout ?? WAIT_MS });
    const findings = [...servers(yard), ...required(yard, options.require ?? [])];
    if (output.json) output.data(JSON.stringify({ file, findings }, undefined, 2));
    else for (const finding of findings) print(finding, output);
    if (yard.config.rejected.size > 0) return EXIT.usage;
    return findings.every(({ good }) => good) ? EXIT.good : EXIT.failed;
  });
}

function servers(yard: Toolyard): Finding[] {
  return yard.servers().flatMap(({ name, state, reason, mend, tools, lists }): Finding[] => {
    const off = state === "disabled" && reason === undefined;
    const good = off || (state === "ready" && lists === "live" && reason === undefined);
    const says = reason ?? (off ? "disabled" : `${state}, ${tools} tools`);
    return [{ about: name, good, says, ...(mend === undefined ? {} : { mend }) }, ...hidden(yard, name)];
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

function print({ about, good, says, mend }: Finding, output: Output): void {
  output.data(
    `${good ? output.paint("green", "✓", "stdout") : output.paint("red", "✗", "stdout")} ${about}  ${says.replaceAll(/\s+/g, " ")}`,
  );
  if (!good && mend !== undefined) output.data(`    ${mend}`);
}
