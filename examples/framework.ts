/** One story for every agent framework: two servers, a call that fails, and an answer that rests on both. */

import { fileURLToPath } from "node:url";
import type { AdapterOptions, CallRecord } from "../src/adapters/source.ts";
import { openToolyard, type View } from "../src/index.ts";
import { check } from "./assistant.ts";
import { openScriptedModel } from "./model.ts";
import { call, say, scenes } from "./model/script.ts";

/** Where the model is: on loopback, or where the environment says. */
export interface Endpoint {
  /** Ends in `/v1`. */
  readonly url: string;
  readonly apiKey: string;
  readonly model: string;
}

/** Asks an agent of the framework, with these tools, one question; gives its answer. */
export type Answerer = (view: View, question: string, endpoint: Endpoint, options: AdapterOptions) => Promise<string>;

const QUESTION = "Who is the customer Fjordline Freight, and what did they write to us?";
const server = (name: string): { command: string; args: string[] } => ({
  command: process.execPath,
  args: [fileURLToPath(new URL(`support/servers/${name}.ts`, import.meta.url))],
});

/** Both servers have a tool `search` and a tool `get`. The model tries an id that there is not, and reads what was wrong. */
const script = scenes([
  {
    question: QUESTION,
    steps: [
      (talk) => call(talk, ["crm__get", { id: "Fjordline" }]),
      (talk) => call(talk, ["crm__search", { text: "Fjordline" }], ["tickets__search", { text: "export times out" }]),
      (talk) => {
        const [failed, customer, tickets] = talk.results.map(({ text }) => text);
        return say(`${customer}\n${tickets}\n(At first I asked wrongly: ${failed})`);
      },
    ],
  },
]);

/** OpenAI's address and key of the environment, where it names one; any endpoint that speaks Chat Completions. */
export function openai(env: NodeJS.ProcessEnv): Endpoint | undefined {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: url, OPENAI_DEFAULT_MODEL: model } = env;
  if (!apiKey && !url) return undefined;
  return { url: url ?? "https://api.openai.com/v1", apiKey: apiKey ?? "none", model: model ?? "gpt-5-mini" };
}

/** The same for Anthropic. */
export function claude(env: NodeJS.ProcessEnv): Endpoint | undefined {
  const { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: url, ANTHROPIC_MODEL: model } = env;
  if (!apiKey) return undefined;
  return { url: `${url ?? "https://api.anthropic.com"}/v1`, apiKey, model: model ?? "claude-sonnet-4-5" };
}

/** Asks, prints the answer and the calls that it rests on, and sets exit code 1 where something is not as it should be. */
export async function tell(answer: Answerer, real: Endpoint | undefined): Promise<void> {
  await using yard = await openToolyard({ mcpServers: { crm: server("crm"), tickets: server("tickets") } });
  await using model = await openScriptedModel(script);
  await yard.ready({ timeoutMs: 15_000 });
  const calls: CallRecord[] = [];
  const endpoint = real ?? { url: model.url, apiKey: "none", model: "scripted" };
  console.log(`> ${QUESTION}`);
  const text = await answer(yard.view(), QUESTION, endpoint, { onCall: (record) => void calls.push(record) });
  console.log(`\n${text.replaceAll(/^/gm, "  ")}\n`);
  for (const { tool, ms, ok } of calls) console.log(`    ${tool.padEnd(24)} ${ms.toFixed(0).padStart(6)} ms  ${ok ? "ok" : "error"}`);
  try {
    check(text.trim() !== "", "The model gave no answer.");
    if (real === undefined) checkScripted(text, calls);
    console.log("\nEvery check held.");
  } catch (error) {
    console.error(`\n  CHECK FAILED: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

function checkScripted(text: string, calls: readonly CallRecord[]): void {
  for (const part of ["Fjordline", "C-101", "T-501", "At first I asked wrongly"])
    check(text.includes(part), `The answer should say "${part}".`);
  const made = calls.map(({ tool, ok }) => `${tool}${ok ? "" : "!"}`).toSorted();
  check(made.join(" ") === "crm__get! crm__search tickets__search", `The calls were ${made.join(", ")}.`);
}
