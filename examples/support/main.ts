/** The support assistant: an agent that sees a toolset of four servers whose names collide. Checks itself; see README.md. */

import { fileURLToPath } from "node:url";
import { openToolyard } from "../../src/index.ts";
import { check, runAssistant } from "../assistant.ts";
import { showServers } from "../show-servers.ts";
import { startServer } from "../start-server.ts";
import { questions } from "./questions.ts";

const INSTRUCTIONS = `You help the people who answer customers of a software company. Customers are in the CRM, what they asked in the
tickets, what helps in the knowledge base, how they use the product in the statistics. Look things up; do not guess. Answer briefly.`;

/** What the toolset and the rules in toolyard.json leave of the four servers' tools. */
const OFFERED = [
  ...["crm__add_note", "crm__get", "crm__search"],
  ...["kb__get", "kb__search"],
  ...["open_ticket", "tickets__get", "tickets__query", "tickets__reply", "tickets__search"],
  "stats__query",
  "read_result", // by which a model reads on in a result that is too large for its window
];

await using cleanup = new AsyncDisposableStack();
const knowledge = cleanup.use(await startServer(new URL("servers/knowledge.ts", import.meta.url)));
const yard = cleanup.use(
  await openToolyard(fileURLToPath(new URL("toolyard.json", import.meta.url)), {
    env: { ...process.env, KNOWLEDGE_URL: knowledge.url },
  }),
);
showServers(await yard.ready({ timeoutMs: 15_000 }));

const view = yard.view({ toolset: "support" });
const held = await runAssistant({
  name: "support",
  instructions: INSTRUCTIONS,
  view,
  questions,
  checkOffer(requests) {
    for (const { tools } of requests) {
      check(
        tools.toSorted().join(" ") === OFFERED.toSorted().join(" "),
        `Offered should be ${OFFERED.join(", ")}; were ${tools.join(", ")}.`,
      );
    }
  },
});
console.log(held ? "\nEvery check held." : "\nNot every check held.");
process.exitCode = held ? 0 : 1;
