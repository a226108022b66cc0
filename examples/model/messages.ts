/** Anthropic's Messages API: `POST /v1/messages`. Clients of Anthropic's SDK take the address without `/v1`. */

import { contentText, newId, pieces, serverSentEvent, type Dialect, type Entry, type Request, type Turn } from "./turn.ts";

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
  readonly content?: unknown;
}

interface Message {
  readonly role: string;
  readonly content: string | readonly Block[];
}

export const messages: Dialect = {
  entries(body) {
    return ((body["messages"] ?? []) as Message[]).flatMap(entriesOf);
  },
  toolNames(body) {
    return ((body["tools"] ?? []) as { name: string }[]).map(({ name }) => name);
  },
  whole(turn, model) {
    return { ...head(model), content: blocksOf(turn), stop_reason: stopReason(turn), stop_sequence: null, usage };
  },
  events(turn, model) {
    const event = (type: string, fields: Request): string => serverSentEvent({ type, ...fields }, type);
    return [
      event("message_start", { message: { ...head(model), content: [], stop_reason: null, stop_sequence: null, usage } }),
      ...blocksOf(turn).flatMap((block, index) => [
        event("content_block_start", { index, content_block: block.type === "text" ? { ...block, text: "" } : { ...block, input: {} } }),
        ...deltas(block).map((delta) => event("content_block_delta", { index, delta })),
        event("content_block_stop", { index }),
      ]),
      event("message_delta", { delta: { stop_reason: stopReason(turn), stop_sequence: null }, usage }),
      event("message_stop", {}),
    ];
  },
};

const usage = { input_tokens: 0, output_tokens: 0 };

function entriesOf({ role, content }: Message): Entry[] {
  if (typeof content === "string") return role === "user" ? [{ kind: "user", text: content }] : [];
  return content.flatMap((block): Entry[] => {
    if (block.type === "tool_use")
      return [{ kind: "call", id: block.id ?? "", name: block.name ?? "", arguments: JSON.stringify(block.input) }];
    if (block.type === "tool_result") return [{ kind: "result", id: block.tool_use_id ?? "", text: contentText(block.content) }];
    return role === "user" && block.type === "text" ? [{ kind: "user", text: block.text ?? "" }] : [];
  });
}

function blocksOf(turn: Turn): Block[] {
  if ("say" in turn) return [{ type: "text", text: turn.say }];
  return turn.calls.map((call) => ({ type: "tool_use", id: newId("toolu"), name: call.name, input: call.arguments }));
}

function deltas(block: Block): Request[] {
  if (block.type === "text") return pieces(block.text ?? "").map((text) => ({ type: "text_delta", text }));
  return [{ type: "input_json_delta", partial_json: JSON.stringify(block.input) }];
}

function stopReason(turn: Turn): string {
  return "say" in turn ? "end_turn" : "tool_use";
}

function head(model: string): Request {
  return { id: newId("msg"), type: "message", role: "assistant", model };
}
