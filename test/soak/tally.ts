/** What became of every call: answered right, failed by plan, or something that must not be. */

/** One call, from when to when, in ms. */
export interface Span {
  readonly server: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** How long after a fault its server may still answer with errors: timeouts, backoff, breaker, the machine. */
const AFTERMATH_MS = 30_000;
const MOST_WORDS = 20;

/** Codes of calls that may have had their effect. */
const MAY_HAVE_RUN: ReadonlySet<string> = new Set(["OUTCOME_UNKNOWN", "CALL_TIMEOUT", "MESSAGE_TOO_LARGE", "SERVER_PROTOCOL"]);

export class Tally {
  readonly codes = new Map<string, number>();
  readonly wrong: string[] = [];
  readonly #faults = new Map<string, number[]>();
  readonly #good = new Map<string, number>();
  readonly #perhaps = new Map<string, number>();
  readonly #bad: ReadonlySet<string>;
  calls = 0;
  faults = 0;
  vanished = 0;
  wrongs = 0;

  /** @param bad servers of which only errors are expected */
  constructor(bad: readonly string[]) {
    this.#bad = new Set(bad);
  }

  /** Something is done to a server now. */
  fault(server: string): void {
    this.faults++;
    this.#faults.set(server, [...(this.#faults.get(server) ?? []), performance.now()].slice(-50));
  }

  good({ server }: Span): void {
    this.calls++;
    add(this.#good, server);
  }

  /** Its client left: nobody knows. */
  left({ server }: Span): void {
    this.vanished++;
    add(this.#perhaps, server);
  }

  /** @param code of the table of errors */
  failed(span: Span, code: string, words: string): void {
    this.calls++;
    add(this.codes, code);
    if (MAY_HAVE_RUN.has(code)) add(this.#perhaps, span.server);
    if (!this.#explains(span)) this.note(`unexplained: ${span.server}: ${words}`);
  }

  /** What must never be. */
  note(words: string): void {
    this.wrongs++;
    if (this.wrong.length < MOST_WORDS) this.wrong.push(words.slice(0, 400));
  }

  /** Does what a server has run agree with what its callers were told? */
  checkExecutions(server: string, ran: number): void {
    const good = this.#good.get(server) ?? 0;
    const perhaps = this.#perhaps.get(server) ?? 0;
    if (ran < good) this.note(`${server} ran ${ran} calls, but ${good} were answered`);
    if (ran > good + perhaps) this.note(`${server} ran ${ran} calls, but only ${good + perhaps} may have run: something ran twice`);
  }

  #explains({ server, startedAt, endedAt }: Span): boolean {
    if (this.#bad.has(server)) return true;
    return (this.#faults.get(server) ?? []).some((at) => at <= endedAt && at >= startedAt - AFTERMATH_MS);
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
