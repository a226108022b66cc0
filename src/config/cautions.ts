/** What a configuration may do and had better not. */

import type { ServerConfig } from "./config.ts";

/** Shorter values may stand anywhere by chance. */
const SHORTEST = 6;

/** Sentences for people; nothing secret in them. */
export function cautionsFor({ name, transport, secrets }: ServerConfig): string[] {
  if (transport.kind !== "stdio") return [];
  const values = secrets.map((secret) => secret.reveal()).filter((value) => value.length >= SHORTEST);
  const shown = [transport.command, ...transport.args].some((word) => values.some((value) => word.includes(value)));
  const text = `Server "${name}": its args hold a secret, which everybody on this machine can see in the list of processes. Put it into env.`;
  return shown ? [text] : [];
}
