/** The handshake: which era a server speaks, found out once and remembered (spec: Versioning, backward compatibility). */

import { Body } from "../../base/body.ts";
import type { Era } from "../../base/call.ts";
import type { Clock } from "../../base/clock.ts";
import { isTooDeep } from "../../base/depth.ts";
import { toToolyardError, ToolyardError } from "../../base/errors.ts";
import { objectOr, stringOr, type JsonObject } from "../../base/json.ts";
import { httpVerdict, stdioVerdict, type Verdict } from "../../era/probe.ts";
import { isKnown, LATEST_LEGACY, LATEST_MODERN } from "../../era/revisions.ts";
import { waitForWaking, type Patience } from "./boot.ts";
import type { Connection, Spoken } from "./connection.ts";

export interface Handshake {
  /** The era that the server spoke last time; undefined: find out. */
  readonly remembered: Era | undefined;
  /** How long the question after the era may take, in ms, once a process is awake; silence means legacy. */
  readonly probeMs: number;
  /** How long all of it may take, in ms. */
  readonly connectMs: number;
  readonly clock: Clock;
  readonly capabilities: JsonObject;
  readonly clientInfo: JsonObject;
}

export interface Agreed {
  readonly spoken: Spoken;
  /** What to begin with next time: a process that was slow to wake may have said too late that it is modern. */
  readonly next: Pick<Spoken, "era" | "version">;
}

/**
 * Shakes hands and leaves the connection ready for requests.
 *
 * @throws SERVER_PROTOCOL when the server speaks no revision known here, SERVER_STARTING when it does not answer in
 * time, and whatever the connection throws
 */
export async function negotiate(connection: Connection, handshake: Handshake): Promise<Agreed> {
  const over = new AbortController();
  let late: string | undefined;
  const heard = (version: string): void => void (late = version);
  try {
    const spoken = await agree(connection, handshake, { over: over.signal, heard });
    connection.speak(spoken);
    if (spoken.era === "legacy") connection.notify("notifications/initialized", Body.empty);
    return { spoken, next: late === undefined ? spoken : { era: "modern", version: late } };
  } finally {
    over.abort();
  }
}

/** What comes of a question after silence was taken for its answer. */
interface Afterwards {
  /** Aborts when the handshake is over: no answer is of use any more. */
  readonly over: AbortSignal;
  /** The server does speak a modern version. */
  heard(version: string): void;
}

async function agree(connection: Connection, handshake: Handshake, afterwards: Afterwards): Promise<Spoken> {
  const { clock, remembered, connectMs } = handshake;
  const end = clock.now() + connectMs;
  // A short time to connect is not all spent on the question.
  const probeMs = Math.min(handshake.probeMs, connectMs / 2);
  const patience = { clock, probeMs, connectMs, ...afterwards };
  const spoken = remembered === "legacy" ? undefined : await probe(connection, patience);
  if (spoken !== undefined) return spoken;
  try {
    return await initialize(connection, handshake, Math.max(1, end - clock.now()));
  } catch (error) {
    const { code } = toToolyardError(error);
    if (code === "CALL_TIMEOUT") throw new ToolyardError("SERVER_STARTING", `It did not answer the handshake within ${connectMs} ms.`);
    // Silent because it was still starting, or of another era than last time: now it is awake, and knows only the other question.
    const late = code === "SERVER_PROTOCOL" ? await probe(connection, patience).catch(() => undefined) : undefined;
    if (late === undefined) throw error;
    return late;
  }
}

/** Asks `server/discover`; undefined: the server is of the legacy era. */
async function probe(connection: Connection, patience: Patience & Afterwards): Promise<Spoken | undefined> {
  const first = await discover(connection, LATEST_MODERN, patience);
  const verdict = first.kind === "retry" ? await discover(connection, first.version, patience, first.version) : first;
  if (verdict.kind === "none") throw new ToolyardError("SERVER_PROTOCOL", `It does not say which protocol it speaks: ${verdict.reason}`);
  if (verdict.kind !== "modern") return undefined;
  return spokenBy("modern", verdict.version, verdict.discover);
}

/** What one `server/discover` says of the server. */
async function discover(connection: Connection, version: string, patience: Patience & Afterwards, asked?: string): Promise<Verdict> {
  connection.speak({ era: "modern", version, capabilities: {}, instructions: undefined });
  const isProcess = connection.link.kind === "stdio";
  const ms = isProcess ? patience.connectMs : patience.probeMs;
  const limits = { quietMs: ms, totalMs: ms };
  const question = connection.request({ method: "server/discover", params: Body.empty, limits, signal: patience.over });
  try {
    if (!isProcess) return stdioVerdict(await question, asked);
    return await beforeSilence(
      question.then((answer) => stdioVerdict(answer, asked)),
      connection,
      patience,
    );
  } catch (error) {
    const failure = toToolyardError(error);
    const status = tellingStatus(failure);
    if (status !== undefined) return httpVerdict(status, undefined, asked);
    throw failure;
  }
}

/** The verdict, or, from a process that says nothing, that it is of the legacy era. What it says later is heard all the same. */
async function beforeSilence(verdict: Promise<Verdict>, connection: Connection, patience: Patience & Afterwards): Promise<Verdict> {
  const waking = waitForWaking(connection, patience);
  const first = await Promise.race([verdict, waking.silent]).finally(() => waking.stop());
  if (first !== undefined) return first;
  verdict.then(
    (late) => (late.kind === "modern" ? patience.heard(late.version) : undefined),
    () => {}, // no answer at all
  );
  return stdioVerdict(undefined);
}

/** The HTTP status of a refusal that may tell the era; one that points elsewhere tells nothing. */
function tellingStatus({ code, details: { status = 0 } }: ToolyardError): number | undefined {
  return code === "SERVER_PROTOCOL" && status > 0 && !(status >= 300 && status < 400) ? status : undefined;
}

async function initialize(connection: Connection, { capabilities, clientInfo }: Handshake, ms: number): Promise<Spoken> {
  connection.speak({ era: "legacy", version: LATEST_LEGACY, capabilities: {}, instructions: undefined });
  const params = Body.of({ protocolVersion: LATEST_LEGACY, capabilities, clientInfo });
  const answer = await connection.request({ method: "initialize", params, limits: { quietMs: ms, totalMs: ms } });
  if (answer.error !== undefined) throw new ToolyardError("SERVER_PROTOCOL", `It refused the handshake: ${answer.error.message}`);
  const version = stringOr(answer.result.get("protocolVersion"));
  if (version === undefined) throw new ToolyardError("SERVER_PROTOCOL", "Its answer to `initialize` names no protocol version.");
  if (!isKnown(version)) throw new ToolyardError("SERVER_PROTOCOL", `It speaks protocol version ${version}, which is not known here.`);
  return spokenBy("legacy", version, answer.result);
}

/** What clients are told of the server is made of this. */
function spokenBy(era: Era, version: string, result: Body): Spoken {
  if (isTooDeep(result)) throw new ToolyardError("SERVER_PROTOCOL", "Its answer to the handshake is nested too deeply to be passed on.");
  return { era, version, capabilities: objectOr(result.get("capabilities")), instructions: stringOr(result.get("instructions")) };
}
