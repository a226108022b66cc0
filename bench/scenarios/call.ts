/** One call, and 64 at once: the pass-through and Toolyard side by side, in turns. */

import { StdioClient, type Client } from "../client.ts";
import { bare } from "../gateways/bare.ts";
import type { Gateway, Server } from "../gateways/gateway.ts";
import { atOnce, calling, oneByOne } from "../load.ts";
import { fixtureCommand, processorTimeOf } from "../process.ts";
import type { Row } from "../row.ts";
import { connect, httpFixture, type Scenario, type Setting } from "./scenario.ts";

type Side = "http" | "stdio";

interface Figures {
  readonly pid: number;
  readonly client: Client;
  readonly tool: string;
  readonly p50: number[];
  readonly p99: number[];
  readonly rate: number[];
  /** Processor time of the gateway, ms a call: what does not change when others use the machine too. */
  readonly work: number[];
}

type Bound = Pick<Row, "bound">;

/** HTTP or stdio on the near side, HTTP or stdio on the far side. */
export function call(near: Side, far: Side): Scenario {
  return async (setting) => {
    const server = far === "http" ? { url: (await httpFixture()).url } : fixtureCommand("--stdio");
    const reference = await open(bare, near, server, setting);
    const toolyard = await open(setting.subject, near, server, setting);
    for (let round = 0; round <= setting.rounds; round++) {
      for (const side of round % 2 === 0 ? [reference, toolyard] : [toolyard, reference])
        await measure(side, round === 0 ? 1 : setting.effort);
    }
    // Where a pipe stands in for one of two HTTP hops, the hop that is left is a larger part of less: there the rate is held, not the time.
    const held: Bound = near === "http" && far === "http" ? { bound: { on: "ratio", sense: "at most", limit: 1.25 } } : {};
    return rows(reference, toolyard, { p50: held, p99: setting.effort < 1 ? {} : held }); // a small run has too few calls for its slowest hundredth
  };
}

async function open(gateway: Gateway, near: Side, server: Server, { folder }: Setting): Promise<Figures> {
  const program = gateway[near]({ alpha: server }, folder());
  const client = near === "http" ? await connect(program) : new StdioClient(program);
  if (near === "stdio") await client.initialize();
  await client.tools();
  const tool = gateway.toolName?.("alpha", "tool_3") ?? "alpha__tool_3";
  return { pid: program.pid, client, tool, p50: [], p99: [], rate: [], work: [] };
}

async function measure({ pid, client, tool, p50, p99, rate, work }: Figures, effort: number): Promise<void> {
  const once = calling(client, tool);
  const latency = await oneByOne(once, 1500 * effort);
  p50.push(latency.p50);
  p99.push(latency.p99);
  const many = 6000 * effort;
  const before = pid === 0 ? 0 : processorTimeOf(pid);
  rate.push((await atOnce(once, many, 64)).rate);
  if (pid !== 0) work.push((processorTimeOf(pid) - before) / many);
}

/** The first round only warmed up, which takes the same calls however small the run is. */
function rows(reference: Figures, toolyard: Figures, bounds: { readonly p50: Bound; readonly p99: Bound }): Row[] {
  const pair = (figure: "p50" | "p99" | "rate" | "work"): { reference: number[]; toolyard: number[] } => ({
    reference: reference[figure].slice(1),
    toolyard: toolyard[figure].slice(1),
  });
  return [
    { figure: "one in flight, p50", unit: "ms", ...pair("p50"), ...bounds.p50 },
    { figure: "one in flight, p99", unit: "ms", ...pair("p99"), ...bounds.p99 },
    { figure: "64 in flight", unit: "calls/s", ...pair("rate"), bound: { on: "ratio", sense: "at least", limit: 0.8 } },
    { figure: "64 in flight, processor time of the gateway a call", unit: "ms", ...pair("work") },
  ];
}
