/** Keeps a server's own secrets out of what is told of it: servers print their tokens, and echo our headers. */

import type { RpcError } from "../../base/call.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { Envelope } from "../../wire/envelope.ts";
import type { LinkEvents, LinkFailure } from "./link.ts";

/** Shorter values are no secrets, and would blot out ordinary words. */
const SHORTEST = 6;
const MASK = "[secret]";

export type Redact = (text: string) => string;

/** Masks every value of the entry that is a secret, a bearer token also without its scheme, as it is and as JSON writes it. */
export function redactorFor({ secrets }: Pick<ServerConfig, "secrets">): Redact {
  const values = secrets
    .flatMap((secret) => [secret.reveal(), secret.reveal().replace(/^\w+\s+/, "")])
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])
    .filter((value) => value.length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length);
  return (text) => values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
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
