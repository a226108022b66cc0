/** The keys that stand in almost every message: to find one of them costs less than to make a string of its bytes. */

const KNOWN: readonly string[] = [
  ...["jsonrpc", "id", "method", "params", "result", "error"],
  ...["name", "arguments", "_meta", "progressToken", "uri", "cursor"],
  ...["content", "structuredContent", "isError", "resultType", "code", "message", "data"],
];

interface Key {
  readonly text: string;
  readonly bytes: Buffer;
}

/** By length, then by first byte; no two of them share both. */
const TABLE: (Key | undefined)[][] = [];
for (const text of KNOWN) {
  const bytes = Buffer.from(text);
  const row = (TABLE[bytes.length] ??= []);
  row[bytes[0] ?? 0] = { text, bytes };
}

/** The key at these places of a text, if it is one of those. */
export function knownKey(text: Buffer, from: number, to: number): string | undefined {
  const key = TABLE[to - from]?.[text[from] ?? 0];
  if (key === undefined) return undefined;
  for (let index = 1; index < key.bytes.length; index++) if (text[from + index] !== key.bytes[index]) return undefined;
  return key.text;
}
