/** Waiting for a condition, with a deadline and an error that says what was seen last. */

/**
 * Asks until the condition gives something else than false or undefined, and returns that.
 *
 * @param condition may throw: then it is not yet true
 * @param deadlineMs milliseconds from now
 * @param what names the condition in the error; default: its source
 * @param seen what the error shows as last seen; default: what the condition gave or threw
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  deadlineMs = 5_000,
  what: string = condition.toString(),
  seen?: () => unknown,
): Promise<Exclude<T, false | undefined>> {
  const end = performance.now() + deadlineMs;
  let last: unknown;
  // Asking may be dear (it may walk through /proc): less often the longer it takes.
  for (let gap = 2; ; gap = Math.min(50, gap * 1.5)) {
    try {
      const value = await condition();
      if (value !== false && value !== undefined) return value as Exclude<T, false | undefined>;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= end) break;
    await pause(gap);
  }
  const cause = last instanceof Error ? last : undefined;
  throw new Error(`After ${deadlineMs} ms still not: ${what}. Last seen: ${show(seen ? seen() : last)}`, { cause });
}

/** Resolves after so many milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * The promise's value, if it settles in time.
 *
 * @throws Error that names `what` when it does not
 */
export async function within<T>(promise: Promise<T>, deadlineMs: number, what: string, seen?: () => unknown): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`After ${deadlineMs} ms still not: ${what}.${seen ? ` Last seen: ${show(seen())}` : ""}`));
    }, deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function show(value: unknown): string {
  if (value instanceof Error) return value.message;
  const text = JSON.stringify(value, null, 1) ?? String(value);
  return text.length > 4_000 ? `…${text.slice(-4_000)}` : text;
}
