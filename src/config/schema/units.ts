/** Durations, sizes and rates as people write them. */

const MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

const BYTES: ReadonlyMap<string, number> = new Map([
  ["b", 1],
  ["kb", 1024],
  ["kib", 1024],
  ["mb", 1024 ** 2],
  ["mib", 1024 ** 2],
  ["gb", 1024 ** 3],
  ["gib", 1024 ** 3],
]);

const QUANTITY = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]+)$/;

/** `"250ms"`, `"60s"`, `"10m"`, `"2h"`, `"1d"` or a number of milliseconds; undefined for anything else. */
export function parseDuration(value: unknown): number | undefined {
  return parseQuantity(value, MS);
}

/** `"500B"`, `"128KB"`, `"10MB"` (steps of 1024) or a number of bytes; undefined for anything else. */
export function parseSize(value: unknown): number | undefined {
  return parseQuantity(typeof value === "string" ? value.toLowerCase() : value, BYTES);
}

/** `"5/60s"`: a count in a window of time; undefined for anything else. */
export function parseRate(value: unknown): { count: number; windowMs: number } | undefined {
  if (typeof value !== "string") return undefined;
  const [count = "", window = "", ...rest] = value.split("/");
  const windowMs = parseDuration(window);
  if (rest.length > 0 || windowMs === undefined || !/^\d{1,9}$/.test(count)) return undefined;
  return { count: Number(count), windowMs };
}

function parseQuantity(value: unknown, units: ReadonlyMap<string, number>): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined;
  if (typeof value !== "string") return undefined;
  const [, amount, unit] = QUANTITY.exec(value) ?? [];
  const factor = units.get(unit ?? "");
  return factor === undefined ? undefined : Math.round(Number(amount) * factor);
}
