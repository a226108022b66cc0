/** OpenAI's Chat Completions API: `POST /v1/chat/completions`. */

import { contentText, newId, pieces, serverSentEvent, type Dialect, type Entry, type Request, type ToolCall, type Turn } from "./turn.ts";

interface Message {
  readonly role: string;
  readonly content?: unknown;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[];
}

export const chat: Dialect = {
  entries(body) {
    return ((body["messages"] ?? []) as Message[]).flatMap(entriesOf);
  },
  toolNames(body) {
    return ((body["tools"] ?? []) as { function: { name: string } }[]).map((tool) => tool.function.name);
  },
  whole(turn, model) {
    const message =
      "say" in turn
        ? { role: "assistant", content: turn.say }
        : { role: "assistant", content: null, tool_calls: turn.calls.map((call) => toolCall(call)) };
    return { ...head("chat.completion", model), choices: [{ index: 0, message, finish_reason: finish(turn) }], usage };
  },
  events(turn, model) {
    const first = head("chat.completion.chunk", model);
    const chunk = (delta: unknown, finish_reason: string | null = null): string =>
      serverSentEvent({ ...first, choices: [{ index: 0, delta, finish_reason }] });
    const deltas = "say" in turn ? pieces(turn.say).map((content) => ({ content })) : turn.calls.flatMap(toolCallDeltas);
    return [
      chunk({ role: "assistant", content: "say" in turn ? "" : null }),
      ...deltas.map((delta) => chunk(delta)),
      chunk({}, finish(turn)),
      serverSentEvent({ ...first, choices: [], usage }),
      serverSentEvent("[DONE]"),
    ];
  },
};

const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

function entriesOf(message: Message): Entry[] {
  if (message.role === "user") return [{ kind: "user", text: contentText(message.content) }];
  if (message.role === "tool") return [{ kind: "result", id: message.tool_call_id ?? "", text: contentText(message.content) }];
  return (message.tool_calls ?? []).map(({ id, function: { name, arguments: text } }) => ({ kind: "call", id, name, arguments: text }));
}

function toolCall(call: ToolCall): { id: string; type: "function"; function: { name: string; arguments: string } } {
  return { id: newId("call"), type: "function", function: { name: call.name, arguments: JSON.stringify(call.arguments) } };
}

/** The name comes first, then the arguments in two parts, as real endpoints cut them anywhere. */
function toolCallDeltas(call: ToolCall, index: number): unknown[] {
  const { id, type, function: called } = toolCall(call);
  const middle = Math.ceil(called.arguments.length / 2);
  const parts = [called.arguments.slice(0, middle), called.arguments.slice(middle)];
  return [
    { tool_calls: [{ index, id, type, function: { name: called.name, arguments: "" } }] },
    ...parts.map((part) => ({ tool_calls: [{ index, function: { arguments: part } }] })),
  ];
}

function head(object: string, model: string): Request {
  return { id: newId("chatcmpl"), object, created: Math.floor(Date.now() / 1000), model };
}

function finish(turn: Turn): string {
  return "say" in turn ? "stop" : "tool_calls";
}
