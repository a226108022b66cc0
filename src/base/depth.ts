import type { Body } from "./body.ts";

/** What is nested too deeply has so many bytes at least. */
const DEEP_BYTES = 4_096;

/** JSON.parse reads what JSON.stringify cannot write, as its nesting exceeds the stack: such a value can pass as bytes only. */
export function isTooDeep(body: Body): boolean {
  if (body.bytes.length < DEEP_BYTES) return false;
  try {
    JSON.stringify(body.value);
    return false;
  } catch {
    return true;
  }
}
