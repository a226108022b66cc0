/** Every error that Toolyard can give, as one table; `docs/errors.md` is made from it. */

/** How an error reaches a client that asked for a tool: inside the result, where its model reads it, or as a JSON-RPC error. */
type InCall = "isError" | "error";

interface ErrorRow {
  /** What happened, as a sentence for `docs/errors.md`. */
  readonly meaning: string;
  /** What a person can do about it. */
  readonly mend: string;
  /** True when the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** How `tools/call` is answered. */
  readonly inCall: InCall;
  /** JSON-RPC code for every other method. */
  readonly rpc: number;
  /** HTTP status, where the error ends an HTTP request. */
  readonly http: number;
}

const row = (inCall: InCall, rpc: number, http: number, retryable: boolean, meaning: string, mend: string): ErrorRow => ({
  meaning,
  mend,
  retryable,
  inCall,
  rpc,
  http,
});

export const ERRORS = {
  CONFIG_NOT_FOUND: row(
    "error",
    -32603,
    500,
    false,
    "No configuration file was found.",
    "Run `toolyard init`, or name a file with --config.",
  ),
  CONFIG_INVALID: row(
    "error",
    -32603,
    500,
    false,
    "The configuration, or one server's entry in it, is not valid.",
    "Correct the place that the message names.",
  ),
  CONFIG_UNTRUSTED: row(
    "error",
    -32603,
    500,
    false,
    "The configuration came with a folder and has not been trusted.",
    "Read it, then run `toolyard trust`, or name it with --config.",
  ),

  SPAWN_ENOENT: row(
    "isError",
    -32603,
    502,
    false,
    "The server's command does not exist.",
    "Install it, or correct `command` in the server's entry.",
  ),
  SPAWN_EACCES: row(
    "isError",
    -32603,
    502,
    false,
    "The server's command may not be executed.",
    "Make it executable, or correct `command`.",
  ),
  CWD_MISSING: row(
    "isError",
    -32603,
    502,
    false,
    "The server's working directory does not exist.",
    "Create it, or correct `cwd` in the server's entry.",
  ),
  SERVER_UNREACHABLE: row(
    "isError",
    -32603,
    502,
    true,
    "No connection to the server can be made.",
    "Check that it runs and that its address is right; it is tried again by itself.",
  ),
  SERVER_EXITED: row(
    "isError",
    -32603,
    502,
    true,
    "The server's process ended.",
    "Look at the exit code and the last lines of its stderr in the reason.",
  ),
  SERVER_PROTOCOL: row(
    "isError",
    -32603,
    502,
    false,
    "The server does not speak MCP, or broke its rules.",
    "Check that command or URL is an MCP server; see the excerpt in the message.",
  ),
  SERVER_AUTH_REQUIRED: row(
    "isError",
    -32603,
    502,
    false,
    "The server wants credentials.",
    "Add `headers` with a valid token to the server's entry.",
  ),
  SERVER_BREAKER_OPEN: row(
    "isError",
    -32603,
    503,
    true,
    "The server failed several times in a row and is left alone for a while.",
    "Wait for the time in the message; one probe then decides.",
  ),
  SERVER_FAILED: row(
    "isError",
    -32603,
    503,
    false,
    "The server cannot be started, or failed too often at its start, and is left alone for now.",
    "Mend what the reason says, then restart it; it is tried again every five minutes.",
  ),
  SERVER_STARTING: row(
    "isError",
    -32603,
    503,
    true,
    "The server did not become ready in time.",
    "Call again in a while, or raise `timeouts.connect`.",
  ),
  SERVER_DISABLED: row("isError", -32603, 503, false, "The server is disabled.", "Run `toolyard enable NAME`."),
  SERVER_REMOVED: row("isError", -32603, 503, false, "The server has been removed from the configuration.", "List the tools again."),

  UNKNOWN_NAME: row(
    "error",
    -32602,
    404,
    false,
    "No such tool, prompt or resource is visible to the caller.",
    "List again; the message names the nearest one.",
  ),
  INVALID_ARGUMENTS: row(
    "isError",
    -32602,
    400,
    false,
    "The arguments do not fit the tool's schema.",
    "Call again with arguments that fit the schema in the message.",
  ),
  RESULT_UNKNOWN: row(
    "isError",
    -32602,
    404,
    false,
    "No result is kept for the caller under this handle: it has expired, made room for newer ones, or never was there.",
    "Call the tool again.",
  ),
  CALL_TIMEOUT: row(
    "isError",
    -32603,
    504,
    true,
    "The server did not answer within the call's deadline.",
    "Ask for less, use another tool, or raise `timeouts.call`.",
  ),
  OUTCOME_UNKNOWN: row(
    "isError",
    -32603,
    502,
    false,
    "The connection was lost after the call was sent: it may have run.",
    "Check what happened before calling again.",
  ),
  SERVER_BUSY: row("isError", -32603, 429, true, "The server's queue of calls is full.", "Wait, then call again; or raise `concurrency`."),
  MESSAGE_TOO_LARGE: row("isError", -32603, 413, false, "A message is larger than the limit.", "Ask for less, or raise `limits.message`."),
  CANNOT_ASK: row(
    "isError",
    -32603,
    502,
    false,
    "The server asked its client a question that nobody here can answer.",
    "See the setting that the message names.",
  ),
  TASK_ONLY: row(
    "isError",
    -32601,
    200,
    false,
    "The tool runs as a task only, and the caller cannot have one of its kind.",
    "Call it from a client that speaks tasks of the server's own era.",
  ),
  LINK_FIRST: row(
    "isError",
    -32603,
    502,
    true,
    "The server wants its user to open a link before it does what was asked.",
    "Open the link that the message names, then call again; a host that can open links is asked by itself.",
  ),
  CANCELLED: row("error", -32603, 499, false, "The caller cancelled.", "Nothing."),

  PARSE_ERROR: row("error", -32700, 400, false, "The message is not JSON.", "Send one JSON-RPC 2.0 message."),
  INVALID_REQUEST: row("error", -32600, 400, false, "The message is not a JSON-RPC 2.0 request.", "Correct what the message names."),
  METHOD_NOT_FOUND: row("error", -32601, 404, false, "The method is not known in this era, or nothing offers it.", "See the capabilities."),
  INVALID_PARAMS: row("error", -32602, 400, false, "The parameters do not fit the method.", "Correct what the message names."),
  HEADER_MISMATCH: row(
    "error",
    -32020,
    400,
    false,
    "A header is missing or differs from the body.",
    "Send headers that say what the body says.",
  ),
  MISSING_CAPABILITY: row(
    "error",
    -32021,
    400,
    false,
    "The request needs a client capability that it did not declare.",
    "Declare the capability in the message.",
  ),
  UNSUPPORTED_VERSION: row(
    "error",
    -32022,
    400,
    false,
    "The protocol version is not served.",
    "Use one of the versions in `data.supported`.",
  ),

  UNAUTHENTICATED: row(
    "error",
    -32603,
    401,
    false,
    "The request carries no valid credentials.",
    "Send the key or token that this gateway expects.",
  ),
  FORBIDDEN: row(
    "error",
    -32603,
    403,
    false,
    "The Host or Origin is not allowed here, or the caller may not do this.",
    "Use localhost or `gateway.publicUrl`.",
  ),
  SESSION_MISSING: row(
    "error",
    -32600,
    400,
    false,
    "The request belongs to a session but names none.",
    "Send `initialize` first, then its Mcp-Session-Id.",
  ),
  SESSION_UNKNOWN: row("error", -32600, 404, false, "The session has ended or never was.", "Send `initialize` again."),
  WRONG_METHOD: row("error", -32600, 405, false, "The path does not have this HTTP method.", "Use one of those in the header Allow."),
  WRONG_TYPE: row("error", -32600, 415, false, "The request's content type is not JSON.", "Send `Content-Type: application/json`."),
  ROUTE_UNKNOWN: row("error", -32601, 404, false, "No such path, toolset or server.", "See the paths in the README."),

  GATEWAY_UNREACHABLE: row("error", -32603, 502, true, "The gateway cannot be reached.", "Start it with `toolyard serve`."),
  GATEWAY_CLOSING: row("error", -32603, 503, true, "The gateway is ending.", "Send the request again, to its successor."),
  PORT_IN_USE: row("error", -32603, 500, false, "The port is taken.", "Stop what holds it, or choose another with --port."),
  STORE_UNAVAILABLE: row(
    "error",
    -32603,
    500,
    true,
    "The state directory cannot be read or written.",
    "Check its permissions and the free space.",
  ),
  USAGE: row("error", -32602, 400, false, "The command or function was used in a way that it does not have.", "See the help."),
  INTERNAL: row("error", -32603, 500, false, "A fault of Toolyard itself.", "Please report it, with the log."),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** What is known beside the message; nothing in it is secret. */
export interface ErrorDetails {
  server?: string;
  tool?: string;
  /** Where in a configuration: `toolyard.json:12:5`. */
  at?: string;
  /** The mend for this very case; the table's is used without it. */
  mend?: string;
  /** Milliseconds after which another try makes sense. */
  retryAfterMs?: number;
  /** False where it is certain that a server never began to handle the request. */
  started?: boolean;
  /** True where a server has forgotten our session, so that a new handshake and the same request are safe. */
  sessionLost?: boolean;
  /** HTTP status of a server that refused. */
  status?: number;
  /** Goes out as the JSON-RPC error's `data`. */
  data?: unknown;
}

/** The only error class that leaves Toolyard. */
export class ToolyardError extends Error {
  override readonly name = "ToolyardError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  /** What can be done about it, as a sentence. */
  get mend(): string {
    return this.details.mend ?? ERRORS[this.code].mend;
  }

  toJSON(): Record<string, unknown> {
    const { server, tool, at, retryAfterMs } = this.details;
    return { code: this.code, message: this.message, mend: this.mend, retryable: this.retryable, server, tool, at, retryAfterMs };
  }
}

/** The one gate by which a foreign error enters: ours pass, the rest become `code`. */
export function toToolyardError(error: unknown, code: ErrorCode = "INTERNAL", details: ErrorDetails = {}): ToolyardError {
  if (error instanceof ToolyardError) return error;
  return new ToolyardError(code, messageOf(error), details, error);
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One line for a person: what, where, how to mend it. */
export function explain(error: ToolyardError): string {
  const place = error.details.at === undefined ? "" : `${error.details.at}: `;
  return `${place}${error.message} ${error.mend}`;
}
