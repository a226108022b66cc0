/** The operations assistant's questions. Every answer is made of what the tools gave, never of what the script knows. */

import { check, checkCalls, checkText, type Question } from "../assistant.ts";
import { call, say } from "../model/script.ts";
import type { Conversation } from "../model/turn.ts";

const OPEN_INCIDENTS = "SELECT id, service, severity, title, opened_at FROM incidents WHERE resolved_at IS NULL ORDER BY severity";
const DEPLOYED_BEFORE = `SELECT d.service, d.version, d.deployed_by, d.deployed_at FROM deployments d JOIN incidents i USING (service)
WHERE i.id = 7 AND d.deployed_at BETWEEN i.opened_at - interval '15 minutes' AND i.opened_at`;
const FAILED_ORDERS = "SELECT count(*) AS failed, sum(total) AS total FROM orders WHERE status = 'failed'";

const textOf = (talk: Conversation, at: number): string => talk.results[at]?.text ?? "";

/** The rows of a text table, each as its cells. */
function rowsOf(table: string): string[][] {
  return table
    .split("\n")
    .slice(2)
    .filter((line) => line.includes("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
}

const lineWith = (text: string, words: string): string => text.split("\n").find((line) => line.includes(words)) ?? "";

export const questions: readonly Question[] = [
  {
    ask: "Which incidents are open, and what was deployed shortly before the worst of them?",
    steps: [
      (talk) => call(talk, ["database__query", { sql: OPEN_INCIDENTS }], ["database__query", { sql: DEPLOYED_BEFORE }]),
      (talk) => {
        const open = rowsOf(textOf(talk, 0)).map(([id, service, severity, title]) => `#${id} ${service}, severity ${severity}: ${title}`);
        const [[service, version, by, at] = []] = rowsOf(textOf(talk, 1));
        return say(`Open are:\n${open.join("\n")}\nShortly before the worst, ${by} deployed ${service} ${version} (${at}).`);
      },
    ],
    check(answer) {
      checkCalls(answer, ["database/query", "database/query"]);
      checkText(answer, ["#7 checkout, severity 1", "#6 inventory, severity 3", "mira deployed checkout 2.8.1 (2026-11-20 13:58"]);
    },
  },
  {
    ask: "What does the runbook want done first, and who is to be paged?",
    steps: [
      (talk) =>
        call(
          talk,
          ["filesystem__read_text_file", { path: "runbooks/checkout.md" }],
          ["filesystem__read_text_file", { path: "on-call.md" }],
        ),
      (talk) => {
        const first = lineWith(textOf(talk, 0), "1. Look for a deployment").replace(/^1\. /, "");
        const [, , name] = lineWith(textOf(talk, 1), "| payments").split("|");
        return say(`First: ${first}\nPage ${name?.trim()} of team payments.`);
      },
    ],
    check(answer) {
      checkCalls(answer, ["filesystem/read_text_file", "filesystem/read_text_file"]);
      checkText(answer, ["roll back to the version before it", "Page Mira Okafor"]);
    },
  },
  {
    // Both servers call their tool `query`; each call must reach its own.
    ask: "How much did the failed orders amount to, and is this machine short of memory?",
    steps: [
      (talk) => call(talk, ["database__query", { sql: FAILED_ORDERS }], ["monitoring__query", { metric: "memory_used_percent" }]),
      (talk) => {
        const [[failed, total] = []] = rowsOf(textOf(talk, 0));
        return say(`${failed} orders failed, ${total} EUR in all. Memory: ${textOf(talk, 1)} %.`);
      },
    ],
    check(answer) {
      checkCalls(answer, ["database/query", "monitoring/query"]);
      checkText(answer, ["4 orders failed, 519.50 EUR in all."]);
      check(/Memory: memory_used_percent = \d+(\.\d+)? %/.test(answer.text), "The answer should say how much memory is in use.");
    },
  },
  {
    ask: "Delete the failed orders, but only with a tool that cannot do harm.",
    steps: [
      (talk) => call(talk, ["database__query", { sql: "DELETE FROM orders WHERE status = 'failed'" }]),
      (talk) => say(`I could not. The database says: ${textOf(talk, 0)}`),
    ],
    check(answer) {
      checkCalls(answer, ["database/query!"]);
      checkText(answer, ["cannot execute DELETE in a read-only transaction"]);
    },
  },
  {
    ask: "Keep for the next shift that checkout 2.8.1 is to be rolled back, and tell me what is kept. And what are 4 and 519 together?",
    steps: [
      (talk) => {
        const entity = { name: "checkout", entityType: "service", observations: ["2.8.1 is to be rolled back to 2.8.0"] };
        return call(talk, ["memory__create_entities", { entities: [entity] }], ["sum", { a: 4, b: 519 }]);
      },
      (talk) => call(talk, ["memory__search_nodes", { query: "checkout" }]),
      (talk) => {
        const { entities } = JSON.parse(textOf(talk, 2)) as { entities: { name: string; observations: string[] }[] };
        return say(`Kept: ${entities.map((one) => `${one.name}: ${one.observations.join(", ")}`).join("; ")}. ${textOf(talk, 1)}`);
      },
    ],
    check(answer) {
      checkCalls(answer, ["memory/create_entities", "everything/get-sum", "memory/search_nodes"]);
      checkText(answer, ["checkout: 2.8.1 is to be rolled back to 2.8.0", "523"]);
    },
  },
];
