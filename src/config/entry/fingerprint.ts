import { createHmac, randomBytes } from "node:crypto";
import { canonicalJson } from "../../base/digest.ts";
import { reveal, type Secret } from "../../base/secret.ts";
import type { LocalTool, Transport } from "../config.ts";

/** What decides which process or endpoint a server is. */
export interface Fingerprinted {
  readonly transport: Transport;
  readonly roots: readonly string[] | undefined;
  readonly ask: string;
}

/** For callers that give no key: fingerprints can then be compared within this process only. */
const ownKey = randomBytes(32);

/**
 * A keyed digest (HMAC-SHA-256, hex) of all that decides which process or endpoint a server is. The key keeps
 * what is secret in it from being guessed.
 */
export function fingerprint({ transport, roots, ask }: Fingerprinted, key: string | Uint8Array = ownKey): string {
  const plain = canonicalJson({ transport: plainTransport(transport), roots, ask });
  return createHmac("sha256", key).update(plain).digest("hex");
}

function plainTransport(transport: Transport): unknown {
  switch (transport.kind) {
    case "stdio":
      return { ...transport, env: plainValues(transport.env) };
    case "local":
      return { kind: "local", tools: transport.tools.map(plainTool) };
    default:
      return { ...transport, headers: plainValues(transport.headers) };
  }
}

function plainValues(values: Readonly<Record<string, string | Secret>>): [string, string][] {
  return Object.entries(values)
    .map(([name, value]): [string, string] => [name, reveal(value)])
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function plainTool(tool: LocalTool): unknown {
  return { ...tool, call: numberOf(tool) };
}

/** Functions have no text to be compared by, so each tool that is seen gets a number. */
const numbers = new WeakMap<object, number>();
let lastNumber = 0;

function numberOf(tool: object): number {
  const number = numbers.get(tool) ?? ++lastNumber;
  numbers.set(tool, number);
  return number;
}
