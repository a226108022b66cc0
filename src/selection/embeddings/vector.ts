/** Directions in the space of meanings, in a byte for each dimension: a quarter of the memory, and no order that it changes much. */

export type Vector = Int8Array;

const MOST_DIMENSIONS = 16_384;

/** Undefined for what is no list of numbers, or has no direction. */
export function vectorFrom(value: unknown): Vector | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_DIMENSIONS) return undefined;
  let most = 0;
  for (const each of value) {
    if (typeof each !== "number" || !Number.isFinite(each)) return undefined;
    most = Math.max(most, Math.abs(each));
  }
  return most === 0 ? undefined : Int8Array.from(value, (each: number) => Math.round((127 * each) / most));
}

/** The cosine of the angle between two: 1 for the same direction; 0 where they are not of one space. */
export function likeness(a: Vector, b: Vector): number {
  if (a.length !== b.length) return 0;
  let [product, ofA, ofB] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    const [x = 0, y = 0] = [a[at], b[at]];
    product += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return ofA === 0 || ofB === 0 ? 0 : product / Math.sqrt(ofA * ofB);
}
