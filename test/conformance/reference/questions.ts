/**
 * Tools that ask the client. Written once: the SDK makes of a question a real request to a legacy client, and an
 * `input_required` result for a modern one.
 */

import {
  acceptedContent,
  inputRequired,
  inputResponse,
  type CallToolResult,
  type ElicitInputParams,
  type InputRequest,
  type InputRequiredResult,
  type InputResponseView,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { text } from "./content.ts";
import { defaults, enums } from "./forms.ts";

/** What a call remembers from one round to the next. */
export interface State {
  readonly step: number;
}

type Codec = RequestStateCodec<State>;
type Properties = Extract<ElicitInputParams["requestedSchema"], { properties: unknown }>["properties"];

const name = form("What is your name?", { name: { type: "string" } });
const ok = form("Please confirm", { ok: { type: "boolean" } });
const colour = form("Step 2: What is your favorite color?", { color: { type: "string" } });

function form(message: string, properties: Properties): InputRequest {
  return inputRequired.elicit({ message, requestedSchema: { type: "object", properties, required: Object.keys(properties) } });
}

function sample(words: string, maxTokens: number): InputRequest {
  return inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text: words } }], maxTokens });
}

/** The call is done with any answer to its one question, and asks (again) without. */
function once({ mcpReq }: ServerContext, key: string, question: InputRequest, before = ""): CallToolResult | InputRequiredResult {
  const answer = inputResponse(mcpReq.inputResponses, key);
  if (answer.kind === "missing") return inputRequired({ inputRequests: { [key]: question } });
  return text(`${before}${told(answer)}`);
}

function told(answer: InputResponseView): string {
  if (answer.kind === "elicit") return `action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`;
  if (answer.kind === "sampling") return JSON.stringify(answer.result.content);
  return answer.kind === "roots" ? answer.roots.map(({ uri }) => uri).join(", ") : "nothing";
}

export function offerQuestions(server: McpServer, state: Codec): void {
  offerLegacyQuestions(server);
  offerSingleQuestions(server);
  offerCapabilities(server);
  offerRounds(server, state);
}

/** By the names that the suite of the legacy revisions uses. */
function offerLegacyQuestions(server: McpServer): void {
  const prompt = z.object({ prompt: z.string().describe("What to ask the model") });
  server.registerTool("test_sampling", { description: "Asks the client's model.", inputSchema: prompt }, (given, context) =>
    once(context, "answer", sample(given.prompt, 100), "LLM response: "),
  );
  const message = z.object({ message: z.string().describe("What to show the user") });
  server.registerTool("test_elicitation", { description: "Asks the user.", inputSchema: message }, (given, context) =>
    once(context, "answer", form(given.message, { username: { type: "string" }, email: { type: "string" } }), "User response: "),
  );
  server.registerTool("test_elicitation_sep1034_defaults", { description: "Asks with defaults." }, (context) =>
    once(context, "answer", defaults, "Elicitation completed: "),
  );
  server.registerTool("test_elicitation_sep1330_enums", { description: "Asks with choices of every kind." }, (context) =>
    once(context, "answer", enums, "Elicitation completed: "),
  );
}

function offerSingleQuestions(server: McpServer): void {
  server.registerTool("test_input_required_result_elicitation", { description: "Asks the user's name." }, (context) => {
    const given = acceptedContent(context.mcpReq.inputResponses, "user_name", z.object({ name: z.string() }));
    return given === undefined ? once(context, "user_name", name) : text(`Hello, ${given.name}!`);
  });
  server.registerTool("test_input_required_result_sampling", { description: "Asks the client's model." }, (context) =>
    once(context, "capital_question", sample("What is the capital of France?", 100)),
  );
  server.registerTool("test_missing_capability", { description: "Needs a client that samples." }, (context) =>
    once(context, "answer", sample("Are you there?", 10)),
  );
  server.registerTool("test_input_required_result_list_roots", { description: "Asks for the client's roots." }, (context) =>
    once(context, "client_roots", inputRequired.listRoots()),
  );
  server.registerTool("test_streaming_elicitation", { description: "Asks in the middle of its work." }, (context) =>
    once(context, "confirm", ok),
  );
}

/** Asks only what the client can answer. */
function offerCapabilities(server: McpServer): void {
  server.registerTool("test_input_required_result_capabilities", { description: "Asks what the client can answer." }, ({ mcpReq }) => {
    const { sampling, elicitation } = server.server.getClientCapabilities() ?? {};
    const inputRequests = {
      ...(sampling === undefined ? {} : { greeting: sample("Generate a greeting", 50) }),
      ...(elicitation === undefined ? {} : { user_name: name }),
    };
    const open = Object.keys(inputRequests).filter((key) => inputResponse(mcpReq.inputResponses, key).kind === "missing");
    return open.length === 0 ? text("Nothing is open.") : inputRequired({ inputRequests });
  });
}

/** With a state that the client carries, and may not touch. */
function offerRounds(server: McpServer, state: Codec): void {
  for (const kind of ["request", "tampered"]) {
    server.registerTool(`test_input_required_result_${kind}_state`, { description: "Asks, with a sealed state." }, async (context) => {
      const remembered = context.mcpReq.requestState<State>();
      if (remembered?.step === 1) return once(context, "confirm", ok, "state-ok ");
      return inputRequired({ inputRequests: { confirm: ok }, requestState: await state.mint({ step: 1 }) });
    });
  }
  server.registerTool("test_input_required_result_multiple_inputs", { description: "Asks three things at once." }, async ({ mcpReq }) => {
    const inputRequests = { user_name: name, greeting: sample("Generate a greeting", 50), client_roots: inputRequired.listRoots() };
    const answers = Object.keys(inputRequests).map((key) => inputResponse(mcpReq.inputResponses, key));
    if (answers.every(({ kind }) => kind !== "missing")) return text(answers.map(told).join("; "));
    return inputRequired({ inputRequests, requestState: await state.mint({ step: 1 }) });
  });
  server.registerTool("test_input_required_result_multi_round", { description: "Asks twice." }, async ({ mcpReq }) => {
    const step = mcpReq.requestState<State>()?.step ?? 0;
    const answered = (key: string): boolean => inputResponse(mcpReq.inputResponses, key).kind !== "missing";
    if (step === 2 && answered("step2")) return text("Both steps are done.");
    if (step === 2 || (step === 1 && answered("step1"))) {
      return inputRequired({ inputRequests: { step2: colour }, requestState: await state.mint({ step: 2 }) });
    }
    return inputRequired({ inputRequests: { step1: name }, requestState: await state.mint({ step: 1 }) });
  });
}
