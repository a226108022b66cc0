import type { Body } from "./body.ts";
import type { JsonObject } from "./json.ts";

/** `legacy`: revisions to 2025-11-25, state made by `initialize`. `modern`: from 2026-07-28, state in each request. */
export type Era = "legacy" | "modern";

/** A JSON-RPC error as it stands on the wire. */
export interface RpcError {
  code: number;
  message: string;
  data?: unknown;
}

/** How a request ended on the wire. A `result` may itself be a tool's own failure (`isError`). */
export type Answer = { readonly result: Body; readonly error?: undefined } | { readonly error: RpcError; readonly result?: undefined };

/** Who calls, and what that caller can do. Knows nothing of sessions or sockets. */
export interface Caller {
  /** Owner of the key or token; `local` where nothing is asked for. */
  readonly identity: string;
  /** Set by the gateway where a server is held per client: names the instance, means nothing else. */
  readonly instanceKey?: string;
  readonly era: Era;
  /** The revision that the caller speaks, as `2025-11-25`. */
  readonly protocolVersion: string;
  /** ClientCapabilities of this caller (spec: `initialize`, or `_meta` of each modern request). */
  readonly capabilities: JsonObject;
  /** True where the client itself shows its model few tools and looks up the rest: it gets them all. */
  readonly defers?: boolean;
}

/** A question of a server to the caller: elicitation, sampling, roots. */
export interface Question {
  /** The configured name of the server that asks. */
  readonly server: string;
  readonly method: string;
  readonly params: Body;
  /** Aborts when the question no longer needs an answer. */
  readonly signal: AbortSignal;
}

/** Where a handle comes from that a server has given out and a client now brings back. */
export interface Origin {
  readonly server: string;
  /** Tool id: whoever may not see the tool has no use for what it has given out. */
  readonly tool: string;
  /** {@link Caller.instanceKey} of the client that it was given to. */
  readonly instanceKey?: string;
}

/** One request on its way from a face to a server, and everything that may come back beside its answer. */
export interface Call {
  /** The JSON-RPC method. */
  readonly method: string;
  /** The request's params; names and URIs in it are those of the hop that it stands on. */
  readonly params: Body;
  readonly caller: Caller;
  /** Of a request about a handle alone, such as a task's id: that names no tool and no URI. */
  readonly origin?: Origin;
  /** Aborts when the caller cancels. */
  readonly signal?: AbortSignal;
  /** The moment (Clock time, ms) at which the caller gives up; the server's own limits hold beside it. */
  readonly deadline?: number;
  /** Least severe log level that the caller wants to see of this call; none without it. */
  readonly logLevel?: string;
  /** Takes `{progress, total?, message?}`, without a token. */
  readonly progress?: (progress: JsonObject) => void;
  /** Takes the params of a `notifications/message` that belongs to this call. */
  readonly log?: (message: JsonObject) => void;
  /** Takes a notification of a kind that the protocol does not define, as extensions have them. */
  readonly notify?: (method: string, params: Body) => void;
  /**
   * Takes the server's name and its id of a link that its user is done with; may come after the answer. Absent where the
   * caller expects no such word.
   */
  readonly completed?: (server: string, elicitationId: string) => void;
  /**
   * Takes how the task stands that this call has become, with the server's own id; may come after the answer. Absent where
   * the caller expects no such word.
   */
  readonly task?: (status: Body) => void;
  /** Puts a server's question to this caller; absent where the caller can answer none. */
  readonly ask?: (question: Question) => Promise<Answer>;
}
