/** Puts questions to an agent of the OpenAI Agents SDK, shows what each answer rests on, and checks it. */

import { Agent, OpenAIProvider, Runner, type AgentInputItem } from "@openai/agents";
import { openaiAgents, type CallRecord } from "../src/adapters/openai-agents.ts";
import type { View } from "../src/index.ts";
import { openScriptedModel, type ModelRequest } from "./model.ts";
import { scenes, type Step } from "./model/script.ts";

/** One question, and how the scripted model answers it. */
export interface Question {
  readonly ask: string;
  readonly steps: readonly Step[];
  /** Throws when the scripted model's answer, or what it rests on, is not right. */
  check(answer: Answer): void;
}

export interface Answer {
  readonly text: string;
  /** The calls that it rests on, in the order in which they ended. */
  readonly calls: readonly MadeCall[];
}

export interface MadeCall extends CallRecord {
  readonly server: string;
}

export interface Assistant {
  readonly name: string;
  readonly instructions: string;
  /** What it may see and call. */
  readonly view: View;
  readonly questions: readonly Question[];
  /** Throws when what the scripted model was offered is not right. */
  checkOffer(requests: readonly ModelRequest[]): void;
}

/**
 * Asks every question in turn and prints the answers. With `OPENAI_API_KEY` or `OPENAI_BASE_URL` set a real model
 * answers (`OPENAI_DEFAULT_MODEL` names it), and only that it answers is checked.
 *
 * @returns whether every check held
 */
export async function runAssistant(assistant: Assistant): Promise<boolean> {
  if (process.env["OPENAI_API_KEY"] || process.env["OPENAI_BASE_URL"]) {
    return ask(assistant, realModel(), ({ text }) => check(text.trim() !== "", "The model gave no answer."));
  }
  await using model = await openScriptedModel(scenes(assistant.questions.map(({ ask: question, steps }) => ({ question, steps }))));
  const provider = new OpenAIProvider({ baseURL: model.url, apiKey: "none" });
  const runner = new Runner({ modelProvider: provider, model: "scripted", tracingDisabled: true });
  const answered = await ask(assistant, runner, (answer, question) => question.check(answer));
  return holds(() => assistant.checkOffer(model.requests)) && answered;
}

/** A runner on the model that the environment names. Endpoints other than OpenAI's own mostly know only Chat Completions. */
export function realModel(): Runner {
  const apiKey = process.env["OPENAI_API_KEY"] || "none";
  const modelProvider = new OpenAIProvider({ apiKey, useResponses: !process.env["OPENAI_BASE_URL"] });
  return new Runner({ modelProvider, tracingDisabled: true });
}

async function ask(
  { name, instructions, view, questions }: Assistant,
  runner: Runner,
  checkAnswer: (answer: Answer, question: Question) => void,
): Promise<boolean> {
  const talk = new Talk({ name, instructions, view }, runner);
  let allHeld = true;
  for (const question of questions) {
    console.log(`\n> ${question.ask}`);
    const answer = await talk.ask(question.ask);
    if (answer === undefined) return false;
    print(answer);
    allHeld = holds(() => checkAnswer(answer, question)) && allHeld;
  }
  return allHeld;
}

/** A conversation with one agent: it remembers what was said. */
export class Talk {
  readonly #agent: Agent;
  readonly #runner: Runner;
  #calls: MadeCall[] = [];
  #history: AgentInputItem[] = [];

  constructor({ name, instructions, view }: Pick<Assistant, "name" | "instructions" | "view">, runner: Runner) {
    const server = openaiAgents(view, { onCall: (call) => void this.#calls.push({ ...call, ...originOf(call.tool, view) }) });
    this.#agent = new Agent({ name, instructions, mcpServers: [server] });
    this.#runner = runner;
  }

  /** The answer and the calls that it rests on; undefined, with a word on stderr, where there is none. */
  async ask(question: string): Promise<Answer | undefined> {
    this.#calls = [];
    try {
      const result = await this.#runner.run(this.#agent, [...this.#history, { role: "user", content: question }]);
      this.#history = result.history;
      return { text: result.finalOutput ?? "", calls: this.#calls };
    } catch (error) {
      console.error(`\n  "${question}" got no answer: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
}

function originOf(name: string, view: View): { server: string; tool: string } {
  return view.resolve(name) ?? { server: "(unknown)", tool: name };
}

/** Prints an answer and, under it, the calls that it rests on. */
export function print({ text, calls }: Answer): void {
  console.log(`\n${text.replaceAll(/^/gm, "  ")}\n`);
  for (const { server, tool, ms, ok } of calls) {
    console.log(`    ${server.padEnd(12)} ${tool.padEnd(20)} ${ms.toFixed(0).padStart(6)} ms  ${ok ? "ok" : "error"}`);
  }
}

function holds(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    console.error(`\n  CHECK FAILED: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** @throws Error with the message when the condition does not hold */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Checks that the calls an answer rests on went, in any order, to these `server/tool`s; a `!` behind one: with an error. */
export function checkCalls({ calls }: Answer, expected: readonly string[]): void {
  const made = calls.map(({ server, tool, ok }) => `${server}/${tool}${ok ? "" : "!"}`);
  const same = made.toSorted().join(" ") === expected.toSorted().join(" ");
  check(same, `Expected the calls ${expected.join(", ")}; made were ${made.join(", ") || "none"}.`);
}

/** Checks that an answer holds each of these texts. */
export function checkText({ text }: Answer, expected: readonly string[]): void {
  for (const part of expected) check(text.includes(part), `The answer should say "${part}".`);
}
