/** Keeps a server's own secrets out of what is told of it: servers print their tokens, and echo our headers. */

import type { ServerConfig } from "../config/config.ts";
import type { LinkEvents, LinkFailure } from "./link.ts";

/** Shorter values are no secrets, and would blot out ordinary words. */
const SHORTEST = 6;
const MASK = "[secret]";

export type Redact = (text: string) => string;

/** Masks every value of the entry that is a secret, a bearer token also without its scheme. */
export function redactorFor({ secrets }: Pick<ServerConfig, "secrets">): Redact {
  const values = secrets
    .flatMap((secret) => [secret.reveal(), secret.reveal().replace(/^\w+\s+/, "")])
    .filter((value) => value.length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length);
  return (text) => values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
}

/** The same events, with nothing secret in their words. */
export function redacted(events: LinkEvents, redact: Redact): LinkEvents {
  const clean = (failure: LinkFailure): LinkFailure => ({ ...failure, message: redact(failure.message) });
  return {
    message: (envelope, stream) => events.message(envelope, stream),
    lost: (id, failure) => events.lost(id, clean(failure)),
    closed: (failure) => events.closed(clean(failure)),
    deaf: () => events.deaf(),
    gap: () => events.gap(),
    noise: (excerpt) => events.noise(redact(excerpt)),
  };
}
