/** Every switch of the hostile server as one table: its kind, what it is when nobody sets it, what it does. */

const number = (fallback: number, does: string) => ({ kind: "number" as const, fallback, does });
const text = (does: string, fallback = "") => ({ kind: "text" as const, fallback, does });
const flag = (does: string) => ({ kind: "flag" as const, fallback: false, does });
const list = (does: string) => ({ kind: "list" as const, fallback: [] as string[], does });
/** `VALUE@WHEN#RANGE`; see README. */
const timed = (does: string) => ({ kind: "timed" as const, fallback: [] as string[], does });
/** `WHEN#RANGE`. */
const moments = (does: string) => ({ kind: "moments" as const, fallback: [] as string[], does });
const choice = <const T extends string>(options: readonly [T, ...T[]], does: string) => ({
  kind: "choice" as const,
  fallback: options[0],
  options,
  does,
});

export const SWITCHES = {
  // Which server this is
  stdio: flag("Speak on stdin and stdout (also when no carrier is named)."),
  http: number(-1, "Streamable HTTP on this loopback port at `/mcp`; 0 picks one. Prints `{url, pid}`."),
  sse: number(-1, "Old HTTP+SSE on this loopback port at `/sse`; 0 picks one. Prints `{url, pid}`."),
  name: text("Name of the server, in `serverInfo` and in answers.", "hostile"),
  era: choice(["legacy", "modern", "both", "silent"], "`silent` is a legacy server that answers nothing before `initialize`."),
  "protocol-version": text("Answer the handshake with this version, whatever was asked."),
  log: text("File for the event log (JSON lines, appended)."),
  "log-env": flag("Put the environment into the `start` event."),
  "switches-file": text("JSON file `{serial, set, do}`, read at the start and at every change: switches at run time for stdio."),
  control: flag("List the tool `hostile_control` (it can be called without being listed)."),
  instructions: text("Instructions in the handshake."),

  // Process
  "start-delay": number(0, "Milliseconds before anything is read or listened to."),
  exit: timed("Exit with code VALUE, or die of the signal VALUE (`SIGKILL`)."),
  hang: timed("Block the event loop for VALUE ms: no answer, no signal is handled meanwhile."),
  "ignore-eof": flag("Keep running when stdin ends."),
  "ignore-term": flag("Log SIGTERM, SIGINT and SIGHUP, and do nothing."),
  "end-with-stdin": flag("HTTP and SSE: exit when stdin ends, so that no test leaves a server behind."),
  "spawn-grandchild": choice(
    ["none", "plain", "stubborn", "holding", "escaped"],
    "Start one at the start: `stubborn` ignores TERM, INT, HUP; `holding` is that and keeps stdout open; `escaped` leaves the process group.",
  ),
  lock: text("File that only one process may hold; a second one exits 1 with a line on stderr."),

  // stdout and stderr
  banner: text("Line on stdout before anything else."),
  noise: choice(["none", "text", "json", "blank", "ansi"], "A line of this kind on stdout before every message."),
  "split-at": number(0, "Write everything in pieces of so many bytes, a moment apart."),
  coalesce: number(0, "Hold stdout back for so many ms, then write all of it in one piece."),
  crlf: flag("End lines on stdout with CR LF."),
  bom: flag("Begin stdout with a byte order mark."),
  "batch-answers": flag("Wrap every answer into an array (2025-03-26 allowed it)."),
  flood: timed("Write VALUE bytes without a newline to stdout (0: endless)."),
  stderr: timed("Write VALUE bytes to stderr, blocking until they are taken."),
  "stderr-line": number(80, "Bytes between the newlines of what `stderr` writes; 0: no newline at all."),
  "stderr-text": text("Line on stderr at the start."),
  "close-stdout": moments("Close stdout and keep running."),

  // Answers
  "never-answer": moments("Take the request and never answer it."),
  slow: timed("Wait VALUE ms before the answer; a cancel ends the wait."),
  jitter: number(0, "Wait a random time up to so many ms before each answer: they come out of order."),
  error: timed("Answer with the JSON-RPC error `CODE` or `CODE:MESSAGE`."),
  answer: timed("Answer with this JSON as the result."),
  garbage: timed("Answer with `text`, `html`, `half`, `array`, `no-jsonrpc`, `no-id`, `both`, `null` or `number`."),
  "duplicate-response": flag("Send every answer twice."),
  "foreign-id": flag("Before every answer send one for an id that nobody asked with."),
  "server-request": flag("Before every answer send a request (`ping`): legal for a legacy server only."),
  "result-type": choice(["normal", "unknown", "absent"], "`resultType` of modern results."),
  "big-result": number(0, "Pad the text of every tool's result by so many bytes."),
  "probe-answer": text("Answer `server/discover` with error CODE (`-32022` names 2026-07-28 too), whatever the era."),

  // What is listed
  tools: number(0, "So many more tools `tool_0` … that echo `{text}`."),
  tool: list("One more tool: its definition as JSON, or just a name; it echoes its arguments."),
  resource: list("One more resource with this URI."),
  only: list("List only the tools with these names."),
  pages: choice(["none", "three", "empty-cursor", "repeat", "endless"], 'How `tools/list` is cut into pages; `empty-cursor` uses `""`.'),
  "bad-schema": list(
    "One more tool that is broken: `null`, `missing`, `string`, `network-ref`, `dangling-ref`, `empty-name`, `no-name`, `number-name`, `null-tool`, " +
      "`depth`, `wide`, `regex`, `bad-regex`, `huge`, `header-empty`, `header-crlf`, `header-twice`, `header-object`, `header-number`; `local-defs` is a good one.",
  ),
  canary: text("URL that `network-ref` points to.", "http://127.0.0.1:9/schema.json"),
  "change-tools": choice(
    ["none", "add", "remove", "rename", "description", "schema", "reorder", "empty"],
    "The list as it is after a change; set at run time it is announced by `list_changed`.",
  ),
  "quiet-changes": flag("Do not announce a changed list."),
  "early-notification": flag("Modern `subscriptions/listen`: send a notification before the acknowledgement."),
  "tools-by-credential": flag("List one more tool, named after the Authorization header of the request."),
  features: list("Only these of `tools`, `prompts`, `resources`, `completions`, `logging`; the rest answers -32601."),
  lies: list("Announce these features, but answer them with -32601."),
  "ttl-ms": number(0, "`ttlMs` of modern lists and reads."),
  "cache-scope": choice(["private", "public", "absent"], "`cacheScope` of modern lists and reads."),

  // Calls
  counter: text("File that grows by one line with every tool call, before the answer."),
  progress: choice(
    ["good", "not-increasing", "foreign", "finished", "without-token"],
    "What the tool `progress` sends: values that fall, a made-up token, the token of an ended call, or progress nobody asked for.",
  ),
  rounds: number(1, "So many questions one after another in `elicit`, `sample` and `roots`."),
  "ask-anyway": flag("Ask also clients that did not declare that they can answer."),
  "ask-on-get": flag("HTTP: put legacy questions on the GET stream, not on the stream of the call."),
  "late-cancelled": flag("Answer a call although it was cancelled."),

  // HTTP
  session: flag("Issue `Mcp-Session-Id` with `initialize`; unknown ids are answered 404."),
  "require-session": flag("Answer 400 to requests without a session id."),
  "sse-answers": flag("Answer every POST with an event stream."),
  "sse-style": list("Of event streams: `crlf`, `cr`, `bom`, `comments`, `bare` (no event name), `multiline`, `retry`."),
  "no-get": flag("Answer GET with 405."),
  resumable: flag("Number events, begin each stream with an empty one, and replay after `Last-Event-ID`."),
  "hang-up": flag("With `resumable`: end the stream of a call after its first event; the answer is for whoever resumes."),
  "lax-headers": flag("Do not check Accept, Content-Type, version, `Mcp-Method`, `Mcp-Name` and `Mcp-Param-*`."),
  status: timed("Answer the HTTP request with this status."),
  "status-body": text("Body that goes with `status`; `N*` is N bytes of HTML, `headers` echoes the request's headers."),
  "content-type": text("Content type in place of the right one."),
  "www-authenticate": text("`WWW-Authenticate` header that goes with `status`."),
  "retry-after": text("`Retry-After` header that goes with `status`."),
  redirect: timed("Answer with 307 to the URL VALUE."),
  drop: timed("Destroy the socket after VALUE bytes of the body (-1: before the headers)."),
  cut: timed("End the body, as if whole, after VALUE bytes."),
  "headers-delay": timed("Wait VALUE ms with the answer's headers (not its body)."),
  "require-header": list("`NAME: VALUE` without which every request is answered 401."),
  endpoint: choice(["relative", "absolute", "foreign", "none"], "SSE: what the `endpoint` event names."),
  tls: choice(
    ["none", "good", "expired", "wrong-name"],
    "Serve HTTPS by a certificate of a throw-away authority, `ca` in what is printed.",
  ),
} as const;

type Table = typeof SWITCHES;
export type SwitchName = keyof Table;
type Value<S> = S extends { kind: "choice"; options: readonly (infer T)[] }
  ? T
  : S extends { kind: "number" }
    ? number
    : S extends { kind: "flag" }
      ? boolean
      : S extends { kind: "text" }
        ? string
        : string[];

/** A value for every switch. */
export type Switches = { [K in SwitchName]: Value<Table[K]> };
/** What a test sets: a list may be given as its one member. */
export type Flags = { [K in SwitchName]?: Value<Table[K]> extends string[] ? string | string[] : Value<Table[K]> };
export type TimedName = { [K in SwitchName]: Table[K]["kind"] extends "timed" | "moments" ? K : never }[SwitchName];

const SYNTAX = { number: "N", text: "TEXT", flag: "", list: "A,B…", timed: "VALUE@WHEN", moments: "WHEN", choice: "" } as const;

/** The table as Markdown, as it stands in README.md. */
export function switchTable(): string {
  const rows = Object.entries(SWITCHES).map(([name, row]) => {
    const value = row.kind === "choice" ? row.options.join(" \\| ") : SYNTAX[row.kind];
    const fallback = row.kind === "choice" || row.fallback === "" || row.kind === "flag" ? "" : ` (${String(row.fallback) || "none"})`;
    return `| \`--${name}\` | ${value}${value === "" ? "" : fallback.replace(" (none)", "")} | ${row.does} |`;
  });
  return ["| switch | value (default) | what it does |", "|---|---|---|", ...rows, ""].join("\n");
}
