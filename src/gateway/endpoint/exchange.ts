/** One request of a client under way, and the Call that it becomes. */

import type { Body } from "../../base/body.ts";
import type { Call, Caller } from "../../base/call.ts";
import type { ProgressToken } from "../../era/meta.ts";
import { writeRequest, type RpcId } from "../../wire/envelope.ts";
import { sendLog } from "./logs.ts";
import type { Outlet } from "./outlet.ts";
import { canBeAsked, type Peer } from "./peer.ts";
import type { Tasks } from "../tasks/tasks.ts";
import type { ProgressGate } from "./progress.ts";

export interface Exchange {
  readonly id: RpcId;
  readonly method: string;
  readonly params: Body;
  readonly caller: Caller;
  /** What is remembered of the client; undefined for a modern one on HTTP. */
  readonly peer: Peer | undefined;
  /** Where goes what comes before the answer. */
  readonly outlet: Outlet;
  readonly signal: AbortSignal;
  readonly progressToken: ProgressToken | undefined;
  /** Least severe level of log messages wanted; undefined: none in the modern era, in the legacy one what servers send unasked. */
  readonly logLevel: string | undefined;
}

/** The client, and how to ask it in the course of this request, where it can be asked. */
export function whoAsks({ caller, peer, outlet }: Exchange): Pick<Call, "caller" | "ask"> {
  if (peer === undefined || !canBeAsked(caller)) return { caller };
  return { caller, ask: (question) => peer.ask(question, caller, outlet) };
}

type Draft = { -readonly [Key in keyof Call]: Call[Key] };

/** What the core gets to see of a request. Only what this client can take is put on it: that keeps the path of a call short. */
export function toCall(exchange: Exchange, params: Body, gate: ProgressGate | undefined, tasks: Tasks): Call {
  const { method, caller, peer, signal, outlet, logLevel } = exchange;
  const call: Draft = { method, params, caller, signal };
  if (gate !== undefined) call.progress = gate.take;
  if (logLevel !== undefined) call.logLevel = logLevel;
  if (logLevel !== undefined || caller.era === "legacy") call.log = (message) => sendLog(message, logLevel, outlet);
  call.notify = (name, news) => void outlet.send(writeRequest(undefined, name, news), true);
  if (peer !== undefined && canBeAsked(caller)) {
    call.ask = tasks.relating((question) => peer.ask(question, caller, outlet), caller);
    call.completed = peer.links.completed;
  }
  return call;
}
