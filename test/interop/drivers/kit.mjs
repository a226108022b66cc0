/**
 * What every driver does: one JSON line on stdout for each thing that it tried. Plain JavaScript, since a driver runs in the
 * folder where its client is installed, where no types of ours are.
 */

/** Where to go: `{ url }`, or `{ command, args, env }` for a pipe. */
export const target = JSON.parse(process.argv[2] ?? "{}");

export const SUM = { name: "everything__get-sum", args: { a: 19, b: 23 }, says: "42" };
export const LONG = { name: "everything__trigger-long-running-operation", args: { duration: 2, steps: 4 } };
export const ENDLESS = { name: LONG.name, args: { duration: 30, steps: 30 } };
export const FORM = { name: "everything__trigger-elicitation-request", args: {} };
export const SAMPLE = { name: "everything__trigger-sampling-request", args: { prompt: "2 + 2", maxTokens: 20 } };
export const TASK = { name: "everything__simulate-research-query", args: { topic: "bridges", ambiguous: true } };

/** What a user fills in: the one field that the reference server requires. */
export const FILLED = { action: "accept", content: { name: "Ann" } };
export const SAMPLED = { model: "none", role: "assistant", content: { type: "text", text: "four" } };

const LIMIT_MS = 20_000;

export function tell(step, ok, note) {
  process.stdout.write(
    `${JSON.stringify({
      step,
      ok,
      note: String(note ?? "")
        .replaceAll(/\s+/g, " ")
        .slice(0, 160),
    })}\n`,
  );
}

/** Tries one thing; what it returns is the note, what it throws is the reason why it does not work. */
export async function attempt(step, act) {
  try {
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`no answer in ${LIMIT_MS} ms`)), LIMIT_MS).unref());
    const note = await Promise.race([act(), late]);
    tell(step, true, note);
    return true;
  } catch (error) {
    tell(step, false, error?.message ?? error);
    return false;
  }
}

/** The client has no way to do it. */
export function cannot(step, note) {
  tell(step, null, note);
}

/** @throws Error where a result does not say what it should */
export function expect(value, part) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (!text.includes(part)) throw new Error(`no ${JSON.stringify(part)} in ${text.slice(0, 120)}`);
}

/** A call that its client gives up after a moment. @returns how long that took */
export async function givenUp(call) {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 1_000);
  const startedAt = performance.now();
  const outcome = await call(abort.signal).then(
    () => "ended",
    () => "stopped",
  );
  const ms = Math.round(performance.now() - startedAt);
  if (outcome !== "stopped" || ms > 3_000) throw new Error(`${outcome} after ${ms} ms`);
  return `${ms} ms`;
}

/** Ends the process, whatever a client still holds. */
export function leave() {
  setTimeout(() => process.exit(0), 200);
}

/** The names of the servers that a list of tools shows. */
export function serversIn(names) {
  return [...new Set(names.map((name) => name.split("__")[0]))].join(" ");
}
