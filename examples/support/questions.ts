/** The support assistant's questions. Every answer is made of what the tools gave, never of what the script knows. */

import { check, checkCalls, checkText, type Question } from "../assistant.ts";
import { call, say } from "../model/script.ts";
import type { Conversation } from "../model/turn.ts";

const textOf = (talk: Conversation, at: number): string => talk.results[at]?.text ?? "";

/** The first id of a kind in a text: C-101, T-501, KB-11. */
const idIn = (text: string, kind: string): string => new RegExp(`${kind}-\\d+`).exec(text)?.[0] ?? "";

export const questions: readonly Question[] = [
  {
    // Three servers call their tool `search`, and three `get`; each call must reach its own.
    ask: "Fjordline Freight says that exports time out. Who are they, what did they write, and what helps?",
    steps: [
      (talk) =>
        call(
          talk,
          ["crm__search", { text: "Fjordline" }],
          ["tickets__search", { text: "export times out" }],
          ["kb__search", { text: "exports time out" }],
        ),
      (talk) =>
        call(
          talk,
          ["crm__get", { id: idIn(textOf(talk, 0), "C") }],
          ["tickets__get", { id: idIn(textOf(talk, 1), "T") }],
          ["kb__get", { id: idIn(textOf(talk, 2), "KB") }],
        ),
      (talk) => {
        const customer = JSON.parse(textOf(talk, 3)) as { name: string; contact: string; plan: string };
        const ticket = JSON.parse(textOf(talk, 4)) as { id: string; messages: string[] };
        const who = `${customer.name} (plan ${customer.plan}; ${customer.contact})`;
        return say(`${who} wrote in ${ticket.id}: "${ticket.messages[0]}"\nWhat helps: ${textOf(talk, 5).split("\n\n")[1]}`);
      },
    ],
    check(answer) {
      checkCalls(answer, ["crm/search", "tickets/search", "knowledge/search", "crm/get", "tickets/get", "knowledge/get"]);
      checkText(answer, ["Fjordline Freight (plan business; Ingrid Solheim)", "T-501", "80,000 shipments", "Turn on background exports"]);
    },
  },
  {
    // `query` is a tool of two servers, one of them exposed under a namespace of its own.
    ask: "Since which month do their exports fail, and what else is urgent?",
    steps: [
      (talk) =>
        call(
          talk,
          ["stats__query", { metric: "failed_exports", customer: "C-101" }],
          ["tickets__query", { status: "open", priority: "urgent" }],
        ),
      (talk) => {
        const worst = textOf(talk, 0)
          .split("\n")
          .slice(2)
          .map((line) => line.split("|").map((cell) => cell.trim()))
          .find(([, failed]) => Number(failed) > 10);
        return say(`Since ${worst?.[0]}: ${worst?.[1]} exports failed. Urgent and open: ${idIn(textOf(talk, 1), "T")}.`);
      },
    ],
    check(answer) {
      checkCalls(answer, ["analytics/query", "tickets/query"]);
      checkText(answer, ["Since 2026-11: 19 exports failed.", "Urgent and open: T-501."]);
    },
  },
  {
    // `create` is exposed as `open_ticket`, and its argument `source` is fixed by the configuration.
    ask: "Harbour Dental asks on the phone for single sign-on. Open a ticket, and note it in their record.",
    steps: [
      (talk) => call(talk, ["crm__search", { text: "Harbour Dental" }]),
      (talk) => {
        const customer = idIn(textOf(talk, 0), "C");
        const ticket = { customer, subject: "Single sign-on", message: "Asks how to get single sign-on.", priority: "normal" };
        return call(talk, ["open_ticket", ticket], ["crm__add_note", { id: customer, note: "Asked for single sign-on." }]);
      },
      (talk) => say(`${textOf(talk, 1)} ${textOf(talk, 2)}`),
    ],
    check(answer) {
      checkCalls(answer, ["crm/search", "tickets/create", "crm/add_note"]);
      checkText(answer, ["Ticket T-506 is open (source assistant).", "Harbour Dental has 1 note now."]);
      const opened = answer.calls.find(({ tool }) => tool === "create");
      check(!("source" in (opened?.arguments ?? {})), "The model should not choose the source.");
    },
  },
];
