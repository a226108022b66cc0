/**
 * Ids of tasks as clients get them. A server takes us for the one caller of all its tasks, so its own ids do not keep our
 * callers apart: the client's is the server's, sealed with all that says whose it is and where it goes. Nothing is held for it.
 */

import type { Caller, Era, Origin } from "../../base/call.ts";
import type { JsonObject } from "../../base/json.ts";
import { Seal } from "../seal.ts";

/** One task of one caller. */
export interface Handle {
  readonly origin: Origin;
  /** The server's own id. */
  readonly task: string;
  /** Of the caller; the other era's requests know no such task. */
  readonly era: Era;
  readonly identity: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** A server may keep a task longer than it has said; what it then still knows is its own affair. */
const GRACE_MS = 24 * 60 * 60 * 1_000;
/** Of a task that is kept for ever. */
const LONGEST_MS = 30 * GRACE_MS;

/** Until when the id of a task is good. @param ttlMs how long its server keeps it, undefined: for ever */
export function expiryOf(ttlMs: number | undefined, now: number): number {
  return now + Math.min((ttlMs ?? LONGEST_MS) + GRACE_MS, LONGEST_MS);
}

export class Handles {
  readonly #seal: Seal;

  /** @param key of the state directory */
  constructor(key: Buffer) {
    this.#seal = new Seal(key, "toolyard task", "tyt1");
  }

  /** Only of characters that a header can hold. */
  seal({ origin, task, era, identity, expires }: Handle): string {
    const { server, tool, instanceKey } = origin;
    return this.#seal.seal({ s: server, t: tool, k: instanceKey, v: era, i: identity, e: expires, n: task });
  }

  /** Undefined for what was not given out here, to this caller, or is too old. @param now milliseconds since the epoch */
  open(token: string, { identity, era }: Caller, now: number): Handle | undefined {
    const value = this.#seal.open(token);
    const handle = value === undefined ? undefined : handleOf(value);
    return handle?.identity === identity && handle.era === era && now <= handle.expires ? handle : undefined;
  }
}

function handleOf({ s, t, k, v, i, e, n }: JsonObject): Handle | undefined {
  const strings = typeof s === "string" && typeof t === "string" && typeof i === "string" && typeof n === "string";
  if (!strings || typeof e !== "number" || (v !== "legacy" && v !== "modern")) return undefined;
  const origin = { server: s, tool: t, ...(typeof k === "string" ? { instanceKey: k } : {}) };
  return { origin, task: n, era: v, identity: i, expires: e };
}
