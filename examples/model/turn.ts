/** What a scripted model is told and what it does, apart from any API's shapes. */

export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A call that was made, with what the tool gave back. */
export interface ToolResult extends ToolCall {
  readonly text: string;
}

/** What the model does next: it calls tools, side by side, or it answers. */
export type Turn = { readonly calls: readonly ToolCall[] } | { readonly say: string };

/** Where the talk stands. */
export interface Conversation {
  /** What the user said last. */
  readonly question: string;
  /** What came back since then, in the order of the calls. */
  readonly results: readonly ToolResult[];
  /** The names of the tools that are offered now. */
  readonly tools: readonly string[];
}

/** Decides the next turn. Called once for each request, with everything that it may depend on. */
export type Script = (conversation: Conversation) => Turn;

/** One entry of the history that a request carries. */
export type Entry =
  | { readonly kind: "user"; readonly text: string }
  | { readonly kind: "call"; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly kind: "result"; readonly id: string; readonly text: string };

/** One way to ask a model over HTTP. */
export interface Dialect {
  /** The history, without what a script does not look at. */
  entries(body: Request): Entry[];
  toolNames(body: Request): string[];
  /** The whole answer as one JSON value. */
  whole(turn: Turn, model: string): unknown;
  /** The answer as server-sent events. */
  events(turn: Turn, model: string): string[];
}

/** A request's body: outside data, of which each dialect reads what it knows. */
export type Request = Readonly<Record<string, unknown>>;

/** The conversation that a history amounts to: everything from the user's last words on. */
export function toConversation(entries: readonly Entry[], tools: readonly string[]): Conversation {
  const start = entries.findLastIndex(({ kind }) => kind === "user");
  const asked = entries[start];
  const since = entries.slice(start + 1);
  const texts = new Map(since.filter((entry) => entry.kind === "result").map(({ id, text }) => [id, text]));
  const results = since
    .filter((entry) => entry.kind === "call")
    .map((entry) => ({ name: entry.name, arguments: readArguments(entry.arguments), text: texts.get(entry.id) ?? "" }));
  return { question: asked?.kind === "user" ? asked.text : "", results, tools };
}

function readArguments(text: string): Record<string, unknown> {
  return JSON.parse(text === "" ? "{}" : text) as Record<string, unknown>;
}

/** Text of a message's content, which is a string or a list of parts. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: unknown }) => (typeof part.text === "string" ? part.text : "")).join("\n");
}

/** One server-sent event; Chat Completions names none. */
export function serverSentEvent(data: unknown, name?: string): string {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return `${name === undefined ? "" : `event: ${name}\n`}data: ${text}\n\n`;
}

/** A text in the pieces that a stream brings it in. */
export function pieces(text: string): string[] {
  return text.match(/\s*\S+\s*/g) ?? [];
}

export function newId(kind: string): string {
  return `${kind}_${crypto.randomUUID().replaceAll("-", "")}`;
}
