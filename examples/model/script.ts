/** How a script is written: scenes, each a question and the steps that lead to its answer. */

import type { Conversation, Script, Turn } from "./turn.ts";

/** What the model does next, given what its own earlier steps brought. Must give the same turn for the same results. */
export type Step = (conversation: Conversation) => Turn;

export interface Scene {
  readonly question: string;
  readonly steps: readonly Step[];
}

/**
 * A script that plays the scene of the question that was asked. Nothing is remembered between requests: where the
 * scene stands follows from the results that the request carries.
 *
 * @throws Error (from the script) for a question that no scene has, and for a scene without an end
 */
export function scenes(all: readonly Scene[]): Script {
  const byQuestion = new Map(all.map((scene) => [scene.question, scene]));
  return (conversation) => {
    const scene = byQuestion.get(conversation.question);
    if (scene === undefined) throw new Error(`The script has no scene for "${conversation.question}".`);
    return play(scene, conversation);
  };
}

function play(scene: Scene, conversation: Conversation): Turn {
  let used = 0;
  for (const step of scene.steps) {
    const turn = step({ ...conversation, results: conversation.results.slice(0, used) });
    if ("say" in turn || used >= conversation.results.length) return turn;
    used += turn.calls.length;
  }
  throw new Error(`The scene for "${scene.question}" does not end with an answer.`);
}

/** A turn that answers. */
export function say(text: string): Turn {
  return { say: text };
}

/**
 * A turn that calls tools side by side, each given by the end of its name and its arguments.
 *
 * @throws Error when no tool that is offered ends so, or more than one does
 */
export function call(conversation: Conversation, ...calls: readonly (readonly [ending: string, args: Record<string, unknown>])[]): Turn {
  return { calls: calls.map(([ending, args]) => ({ name: toolEndingIn(ending, conversation.tools), arguments: args })) };
}

function toolEndingIn(ending: string, tools: readonly string[]): string {
  const [found, ...more] = tools.filter((name) => name.endsWith(ending));
  if (found === undefined) throw new Error(`No tool that is offered ends in "${ending}". Offered: ${tools.join(", ") || "none"}.`);
  if (more.length > 0) throw new Error(`Several tools end in "${ending}": ${[found, ...more].join(", ")}.`);
  return found;
}
