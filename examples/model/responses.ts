/** OpenAI's Responses API: `POST /v1/responses`. Nothing is kept between requests: the whole history comes with each. */

import { contentText, newId, pieces, serverSentEvent, type Dialect, type Entry, type Request, type Turn } from "./turn.ts";

interface Item {
  readonly type?: string;
  readonly role?: string;
  readonly content?: unknown;
  readonly call_id?: string;
  readonly name?: string;
  readonly arguments?: string;
  readonly output?: unknown;
}

interface MessageItem {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly status: "completed";
  readonly content: readonly { readonly type: "output_text"; readonly text: string; readonly annotations: readonly never[] }[];
}

interface CallItem {
  readonly id: string;
  readonly type: "function_call";
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
  readonly status: "completed";
}

export const responses: Dialect = {
  entries(body) {
    const input = body["input"];
    if (typeof input === "string") return [{ kind: "user", text: input }];
    return ((input ?? []) as Item[]).flatMap(entriesOf);
  },
  toolNames(body) {
    return ((body["tools"] ?? []) as { type: string; name: string }[]).filter(({ type }) => type === "function").map(({ name }) => name);
  },
  whole(turn, model) {
    return response(model, "completed", outputOf(turn));
  },
  events(turn, model) {
    let sequence_number = 0;
    const event = (type: string, fields: Request): string => serverSentEvent({ type, sequence_number: sequence_number++, ...fields }, type);
    const output = outputOf(turn);
    const started = response(model, "in_progress", []);
    return [
      event("response.created", { response: started }),
      ...output.flatMap((item, output_index) =>
        item.type === "message" ? messageEvents(item, output_index, event) : callEvents(item, output_index, event),
      ),
      event("response.completed", { response: { ...started, status: "completed", output } }),
    ];
  },
};

type WriteEvent = (type: string, fields: Request) => string;

function messageEvents(item: MessageItem, output_index: number, event: WriteEvent): string[] {
  const place = { item_id: item.id, output_index, content_index: 0 };
  const text = item.content.map((part) => part.text).join("");
  return [
    event("response.output_item.added", { output_index, item: { ...item, status: "in_progress", content: [] } }),
    event("response.content_part.added", { ...place, part: { type: "output_text", text: "", annotations: [] } }),
    ...pieces(text).map((delta) => event("response.output_text.delta", { ...place, delta, logprobs: [] })),
    event("response.output_text.done", { ...place, text, logprobs: [] }),
    event("response.content_part.done", { ...place, part: item.content[0] }),
    event("response.output_item.done", { output_index, item }),
  ];
}

function callEvents(item: CallItem, output_index: number, event: WriteEvent): string[] {
  const place = { item_id: item.id, output_index };
  return [
    event("response.output_item.added", { output_index, item: { ...item, status: "in_progress", arguments: "" } }),
    event("response.function_call_arguments.delta", { ...place, delta: item.arguments }),
    event("response.function_call_arguments.done", { ...place, name: item.name, arguments: item.arguments }),
    event("response.output_item.done", { output_index, item }),
  ];
}

function entriesOf(item: Item): Entry[] {
  const id = item.call_id ?? "";
  if (item.type === "function_call") return [{ kind: "call", id, name: item.name ?? "", arguments: item.arguments ?? "" }];
  if (item.type === "function_call_output") return [{ kind: "result", id, text: contentText(item.output) }];
  return item.role === "user" ? [{ kind: "user", text: contentText(item.content) }] : [];
}

function outputOf(turn: Turn): (MessageItem | CallItem)[] {
  if ("say" in turn) {
    const content = [{ type: "output_text" as const, text: turn.say, annotations: [] }];
    return [{ id: newId("msg"), type: "message", role: "assistant", status: "completed", content }];
  }
  return turn.calls.map((call) => ({
    id: newId("fc"),
    type: "function_call",
    call_id: newId("call"),
    name: call.name,
    arguments: JSON.stringify(call.arguments),
    status: "completed",
  }));
}

function response(model: string, status: string, output: readonly unknown[]): Request {
  return {
    id: newId("resp"),
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    model,
    status,
    output,
    error: null,
    incomplete_details: null,
    parallel_tool_calls: true,
    tool_choice: "auto",
    tools: [],
    usage: {
      input_tokens: 0,
      output_tokens: 0,
      total_tokens: 0,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  };
}
