/** From the start of an agent of the OpenAI Agents SDK to its first model turn: its tools through Toolyard, and that SDK alone. */

import { join } from "node:path";
import { Agent, connectMcpServers, MCPServerStdio, OpenAIProvider, Runner, type MCPServer } from "@openai/agents";
import { openScriptedModel } from "../../examples/model.ts";
import type { openaiAgents as openaiAgentsInSource } from "../../src/adapters/openai-agents.ts";
import type { openToolyard as openToolyardInSource } from "../../src/index.ts";
import { fixtureCommand } from "../process.ts";
import type { Bound, Row } from "../row.ts";
import type { Scenario } from "./scenario.ts";

/** What `npm run build` made, as users get it. */
const built = { library: "../../dist/index.js", adapter: "../../dist/adapters/openai-agents.js" };

interface Command {
  readonly command: string;
  readonly args: string[];
}
type Servers = Readonly<Record<string, Command>>;

const good = (name: string): Command => fixtureCommand("--stdio", "--name", name);
const two = { first: good("first"), second: good("second") };
/** Takes everything and answers nothing, until its stdin ends. */
const silent: Command = { command: process.execPath, args: ["-e", "process.stdin.resume()"] };
const dead = fixtureCommand("--stdio", "--fault", "exit");

const cases: readonly { readonly of: string; readonly servers: Servers; readonly cold?: number; readonly warm?: number }[] = [
  { of: "4 good servers", servers: { ...two, third: good("third"), fourth: good("fourth") } },
  { of: "4 servers of which 2 hang", servers: { ...two, third: silent, fourth: silent }, cold: 3300, warm: 300 },
  { of: "4 servers of which 2 are dead", servers: { ...two, third: dead, fourth: dead } },
];
/** Where servers hang, that SDK alone needs its 20 s for each round, and always the same. */
const roundsOfHanging = 2;

export const agent: Scenario = async ({ rounds, folder }) => {
  const rows: Row[] = [];
  for (const { of, servers, cold, warm } of cases) {
    const times = { alone: [] as number[], cold: [] as number[], warm: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      if (cold === undefined || round < roundsOfHanging) times.alone.push(await untilFirstTurn((start) => alone(servers, start)));
      const place = folder();
      times.cold.push(await untilFirstTurn((start) => throughToolyard(servers, place, start)));
      times.warm.push(await untilFirstTurn((start) => throughToolyard(servers, place, start)));
    }
    const row = (state: "cold" | "warm", limit?: number): Row => ({
      figure: `first model turn, ${of}, ${state}, beside that SDK alone`,
      unit: "ms",
      reference: times.alone,
      toolyard: times[state],
      ...(limit === undefined ? {} : { bound: { on: "value", sense: "at most", limit } satisfies Bound }),
    });
    rows.push(row("cold", cold), row("warm", warm));
  }
  return rows;
};

type Ask = (mcpServers: MCPServer[]) => Promise<void>;

/** How long it takes from here until the model is first asked, or until the run has failed (ms). */
async function untilFirstTurn(run: (ask: Ask) => Promise<void>): Promise<number> {
  let asked: number | undefined;
  await using model = await openScriptedModel(() => {
    asked ??= performance.now();
    return { say: "done" };
  });
  const modelProvider = new OpenAIProvider({ baseURL: model.url, apiKey: "none", useResponses: false });
  const runner = new Runner({ modelProvider, model: "scripted", tracingDisabled: true });
  const startedAt = performance.now();
  let failedAt: number | undefined;
  await run(async (mcpServers) => {
    // Without prefixes that SDK refuses servers that have a tool of one name.
    const one = new Agent({ name: "bench", mcpServers, mcpConfig: { includeServerInToolNames: mcpServers.length > 1 } });
    await runner.run(one, "go").catch(() => (failedAt = performance.now()));
  });
  return (asked ?? failedAt ?? Number.NaN) - startedAt;
}

async function throughToolyard(mcpServers: Servers, place: string, ask: Ask): Promise<void> {
  const { openToolyard } = (await import(built.library)) as { openToolyard: typeof openToolyardInSource };
  const { openaiAgents } = (await import(built.adapter)) as { openaiAgents: typeof openaiAgentsInSource };
  const paths = { config: "config", cache: "cache", state: "state", runtime: "run" };
  const own = Object.fromEntries(Object.entries(paths).map(([kind, name]) => [kind, join(place, name)])) as typeof paths;
  await using yard = await openToolyard({ mcpServers: { ...mcpServers } }, { paths: own });
  await ask([openaiAgents(yard.view())]);
}

async function alone(servers: Servers, ask: Ask): Promise<void> {
  const all = Object.entries(servers).map(([name, { command, args }]) => new MCPServerStdio({ name, command, args }));
  const connected = await connectMcpServers(all);
  try {
    await ask(connected.active);
  } finally {
    await connected.close();
  }
}
