/** `toolyard why NAME`: why a name can, or cannot, be called. */

import type { Why } from "../../view-source.ts";
import { whyOf } from "../../why.ts";
import { EXIT } from "../exit.ts";
import { findPlace, type Place } from "../place.ts";
import type { CommonOptions } from "../command.ts";
import { serversBehind, toolsBehind } from "../running/lists.ts";
import { findRunning, type Running } from "../running/record.ts";
import { paint, type Output } from "../terminal/output.ts";
import { withOwnYard } from "../yard.ts";

export interface WhyOptions extends CommonOptions {
  readonly timeout?: number;
}

const WAIT_MS = 10_000;

export async function run(output: Output, options: WhyOptions, name: string): Promise<number> {
  const place = await findPlace(options);
  const running = await findRunning(place);
  const why = running === undefined ? await askOwn(place, options, name) : await askBehind(running, place, name);
  if (output.json) output.value(why, 2);
  else show(why, output);
  return why.callable ? EXIT.good : EXIT.failed;
}

async function askOwn(place: Place, { timeout = WAIT_MS }: WhyOptions, name: string): Promise<Why> {
  return await withOwnYard(place, {}, async (yard) => {
    await yard.ready({ timeoutMs: timeout });
    return yard.why(name);
  });
}

/** What decides are the rules of the file, the lists that the gateway has cached, and how its servers stand: nothing is started. */
async function askBehind(running: Running, place: Place, name: string): Promise<Why> {
  const servers = await serversBehind(running);
  const why = await withOwnYard(place, { startWhenUsed: true }, async (yard) => {
    const whole = yard.snapshot();
    return whyOf(name, { whole, visible: whole, servers });
  });
  if (why.callable || why.tool !== undefined || !(await isListed(running, name))) return why;
  return { ...why, callable: true, reasons: ["The running gateway offers it."] };
}

/** Servers without a cache are known to the gateway alone. */
async function isListed(running: Running, name: string): Promise<boolean> {
  return (await toolsBehind(running, "", WAIT_MS)).some((tool) => tool.name === name);
}

function show({ name, callable, reasons }: Why, output: Output): void {
  output.data(callable ? paint("green", "callable") : paint("red", "not callable"), `  ${name}`);
  for (const reason of reasons) output.note(reason, 2, "stdout");
}
