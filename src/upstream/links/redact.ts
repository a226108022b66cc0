/** Keeps a server's own secrets out of what is told of it: servers print their tokens, and echo our headers. */

import type { RpcError } from "../../base/call.ts";
import { ToolyardError } from "../../base/errors.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { Envelope } from "../../wire/envelope.ts";
import type { LinkEvents, LinkFailure } from "./link.ts";

/** Shorter values are no secrets, and would blot out ordinary words. */
const SHORTEST = 6;
/** Of a value that was cut through: fewer characters say nothing of it, and end many words by chance. */
const SHORTEST_PART = 3;
const MASK = "[secret]";

/** @param cut where the text was cut off: there a part of a secret may stand */
export type Redact = (text: string, cut?: "start" | "end") => string;

/** Masks every value of the entry that is a secret, a bearer token also without its scheme, as it is and as others write it. */
export function redactorFor({ secrets }: Pick<ServerConfig, "secrets">): Redact {
  const values = secrets
    .flatMap((secret) => [secret.reveal(), secret.reveal().replace(/^\w+\s+/, "")])
    .filter((value) => value.length >= SHORTEST)
    .flatMap(spellings)
    .toSorted((a, b) => b.length - a.length);
  const whole: Redact = (text) => values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
  return (text, cut) => {
    if (cut === undefined || values.length === 0) return whole(text);
    const part = Math.max(...values.map((value) => partAt(text, value, cut)));
    if (part === 0) return whole(text);
    return cut === "end" ? whole(text.slice(0, -part)) + MASK : MASK + whole(text.slice(part));
  };
}

/** The beginning of what a server sent, with no part of a secret in it. @param limit in bytes */
export function excerptOf(bytes: Buffer, limit: number, redact: Redact): string {
  return bytes.length <= limit ? redact(bytes.toString("utf8")) : redact(bytes.toString("utf8", 0, limit), "end");
}

function spellings(value: string): string[] {
  const bytes = Buffer.from(value);
  return [value, JSON.stringify(value).slice(1, -1), bytes.toString("base64"), bytes.toString("base64url"), bytes.toString("hex")];
}

/** How many characters at the end of the text begin the value, or at its start end it. */
function partAt(text: string, value: string, cut: "start" | "end"): number {
  for (let length = Math.min(value.length - 1, text.length); length >= SHORTEST_PART; length--) {
    if (cut === "end" ? text.endsWith(value.slice(0, length)) : text.startsWith(value.slice(-length))) return length;
  }
  return 0;
}

/** The same error, with nothing secret in its words: a command or an address may hold a secret. */
export function redactedError(error: ToolyardError, redact: Redact): ToolyardError {
  const message = redact(error.message);
  return message === error.message ? error : new ToolyardError(error.code, message, error.details);
}

/** The same events, with nothing secret in their words. Results are the server's own affair, errors echo what was sent. */
export function redacted(events: LinkEvents, redact: Redact): LinkEvents {
  const message = (envelope: Envelope): Envelope =>
    envelope.error === undefined ? envelope : { ...envelope, error: cleanError(envelope.error, redact) };
  const clean = (failure: LinkFailure): LinkFailure => {
    const { answer } = failure;
    return { ...failure, message: redact(failure.message), ...(answer === undefined ? {} : { answer: message(answer) }) };
  };
  return {
    message: (envelope, stream) => events.message(message(envelope), stream),
    lost: (id, failure) => events.lost(id, clean(failure)),
    closed: (failure) => events.closed(clean(failure)),
    deaf: () => events.deaf(),
    gap: () => events.gap(),
    noise: (excerpt) => events.noise(redact(excerpt)),
  };
}

function cleanError(error: RpcError, redact: Redact): RpcError {
  const { data } = error;
  return { ...error, message: redact(error.message), ...(data === undefined ? {} : { data: cleanData(data, redact) }) };
}

/** What is nested too deeply to be written is left out, as nobody could be given it anyway. */
function cleanData(data: unknown, redact: Redact): unknown {
  try {
    const text = JSON.stringify(data);
    const clean = redact(text);
    return clean === text ? data : (JSON.parse(clean) as unknown);
  } catch {
    return undefined;
  }
}
