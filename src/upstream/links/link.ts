/**
 * Port Link: one live connection to a server. It carries whole JSON-RPC messages and knows of each
 * request which stream its answer came on; it knows nothing of calls, deadlines or catalogs.
 * One shared suite (`link.suite.ts`) holds every carrier to it.
 */

import type { Body } from "../../base/body.ts";
import type { Era } from "../../base/call.ts";
import type { ErrorCode } from "../../base/errors.ts";
import type { Envelope } from "../../wire/envelope.ts";

/** Why something could not be sent, or why its answer can no longer come. */
export interface LinkFailure {
  readonly code: ErrorCode;
  readonly message: string;
  /** False only where it is certain that the server never began to handle the request. */
  readonly started: boolean;
  /** True where the server has forgotten our session: a new handshake, then the same request, is safe. */
  readonly sessionLost?: boolean;
  /** HTTP status, where an HTTP answer is the reason. */
  readonly status?: number;
  /** The JSON-RPC message in the body of that HTTP answer, if there is one. */
  readonly answer?: Envelope;
}

/** What a link tells its owner. */
export interface LinkEvents {
  /**
   * A message arrived.
   *
   * @param stream id of the request on whose own stream it came; undefined where the carrier cannot know
   */
  message(envelope: Envelope, stream: number | undefined): void;
  /** The answer to this request can no longer come; no message for it follows. */
  lost(id: number, failure: LinkFailure): void;
  /** The connection has ended. Every request still open is lost. Comes once. */
  closed(failure: LinkFailure): void;
  /** The stream for messages that belong to no request was open, and the server gives no other. */
  deaf(): void;
  /** The stream for what belongs to no request was lost and stands again: what came meanwhile is lost. */
  gap(): void;
  /** Bytes on the wire that are no JSON-RPC message; first excerpt of each kind, for the state that people see. */
  noise(excerpt: string): void;
}

export interface LinkRequest {
  readonly id: number;
  readonly method: string;
  readonly params: Body;
  /** Of a called tool, as its server lists it: on HTTP some arguments travel in headers too. */
  readonly inputSchema?: unknown;
}

export interface Link {
  readonly kind: "stdio" | "http" | "sse" | "local";
  /** Process id, where there is one. */
  readonly pid?: number | undefined;
  /** Tells the link what was negotiated, before the first request that needs it: headers and cancel depend on it. */
  speak(era: Era, protocolVersion: string): void;
  /** Sends a request. Never throws: what fails is told by `lost`. */
  request(request: LinkRequest): void;
  /** Sends a notification. Never throws; a failure is the link's end or nobody's loss. */
  notify(method: string, params: Body): void;
  /** Answers a request of the server. */
  reply(
    id: string | number,
    answer: { readonly result: Body } | { readonly error: { code: number; message: string; data?: unknown } },
  ): void;
  /** Tells the server that nobody waits for this request any more, in the way of era and carrier. Nothing follows for it. */
  cancel(id: number, reason: string): void;
  /** Ends the connection and resolves once all of it is gone: process group, streams, timers. Never rejects. */
  close(): Promise<void>;
}
