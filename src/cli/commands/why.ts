/** `toolyard why NAME`: why a name can, or cannot, be called. */

import { EXIT } from "../exit.ts";
import type { Output } from "../output.ts";
import type { CommonOptions } from "../program.ts";
import { openPlace } from "../yard.ts";

const WAIT_MS = 10_000;

/** Always over servers of its own: a gateway's reasons are in what it lists, not in why it does not. */
export async function run(output: Output, options: CommonOptions, name: string): Promise<number> {
  const why = await openPlace(options, async (yard) => {
    await yard.ready({ timeoutMs: WAIT_MS });
    return yard.why(name);
  });
  if (output.json) output.data(JSON.stringify(why, undefined, 2));
  else {
    output.data(`${why.callable ? output.paint("green", "callable", "stdout") : output.paint("red", "not callable", "stdout")}  ${name}`);
    for (const reason of why.reasons) output.data(`  ${reason}`);
  }
  return why.callable ? EXIT.good : EXIT.failed;
}
