/** Talks to a real model with the tools of a yard: `npm run chat [-- CONFIG]`; without one, the operations yard. */

import { createInterface } from "node:readline";
import { openToolyard } from "../src/index.ts";
import { print, realModel, Talk } from "./assistant.ts";
import { showServers } from "./show-servers.ts";
import { startServer } from "./start-server.ts";

const [named] = process.argv.slice(2);
const INSTRUCTIONS = "Answer briefly, from what the tools return. Say so when they do not tell.";

if (!process.env["OPENAI_API_KEY"] && !process.env["OPENAI_BASE_URL"]) {
  console.error("Which model? Set OPENAI_API_KEY, or OPENAI_BASE_URL (any OpenAI-compatible endpoint) and OPENAI_DEFAULT_MODEL.");
  console.error("Without a model: node examples/operations/main.ts shows the same with a scripted one.");
  process.exit(2);
}

await using cleanup = new AsyncDisposableStack();
const yard = cleanup.use(await openYard());
showServers(await yard.ready({ timeoutMs: 15_000 }));

const talk = new Talk({ name: "chat", instructions: INSTRUCTIONS, view: yard.view() }, realModel());
const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: "\n> " });
lines.prompt();
for await (const line of lines) {
  const answer = line.trim() === "" ? undefined : await talk.ask(line);
  if (answer !== undefined) print(answer);
  lines.prompt();
}

async function openYard() {
  if (named !== undefined) return await openToolyard(named);
  const database = cleanup.use(await startServer(new URL("operations/servers/database.ts", import.meta.url)));
  return await openToolyard(new URL("operations/toolyard.json", import.meta.url).pathname, {
    env: { ...process.env, DATABASE_URL: database.url },
  });
}
