/** Values of `Mcp-Name` and `Mcp-Param-*` headers (spec 2026-07-28: Streamable HTTP, Value Encoding). */

const START = "=?base64?";
const END = "?=";
const PLAIN = /^(?:[!-~](?:[ -~]*[!-~])?)?$/;

const isMarked = (value: string): boolean => value.startsWith(START) && value.endsWith(END) && value.length >= START.length + END.length;

/** A text as a header carries it: as it is where that is safe and unmistakable, else as marked base64 of its UTF-8. */
export function encodeHeaderValue(value: string): string {
  return PLAIN.test(value) && !isMarked(value) ? value : START + Buffer.from(value).toString("base64") + END;
}

/** The text that a header carries; undefined where it holds characters that no header may, or broken base64. */
export function decodeHeaderValue(value: string): string | undefined {
  if (!isMarked(value)) return PLAIN.test(value) ? value : undefined;
  const base64 = value.slice(START.length, -END.length);
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64") !== base64) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * An argument as header text: strings as they are, integers in decimal, booleans in lower case.
 * Undefined where the header is to be left out: no value, or one that has no such form.
 */
export function headerText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
}
