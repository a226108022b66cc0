/** What the calls of this process came to, and how its servers stand, in the text format of Prometheus (exposition format 0.0.4). */

import type { Answer } from "../base/call.ts";
import { ToolyardError } from "../base/errors.ts";
import type { Middleware, Route } from "../router/route.ts";

/** How one server stands, as far as it is counted. */
export interface ServerFigures {
  readonly name: string;
  readonly state: string;
  readonly tools: number;
  readonly inFlight: number;
  readonly restarts: number;
}

export interface Metrics {
  /** Counts and times every call that passes. */
  readonly middleware: Middleware;
  /** @param servers how they stand now */
  text(servers: readonly ServerFigures[]): string;
}

/** Upper bounds of the histogram, in seconds. */
const BOUNDS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Calls of one server. */
class Durations {
  readonly counts: number[] = [...BOUNDS.map(() => 0), 0];
  sum = 0;

  add(seconds: number): void {
    const at = BOUNDS.findIndex((bound) => seconds <= bound);
    const index = at === -1 ? BOUNDS.length : at;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sum += seconds;
  }
}

/** What calls came to, in the order in which lines are made of it: server, method, tool, outcome. */
class Calls {
  readonly #counts = new Map<string, { readonly labels: Readonly<Record<string, string>>; count: number }>();

  /** On the path of every call: a look-up, and no text made. */
  add({ server, item }: Route, method: string, outcome: string): void {
    const tool = item?.kind === "tool" ? item.origin : "";
    const key = `${server.name}\n${method}\n${outcome}\n${tool}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { labels: { server: server.name, method, tool, outcome }, count: 1 });
    else known.count++;
  }

  *lines(): Generator<string> {
    const name = "toolyard_calls_total";
    yield* heading(name, "counter", "Calls by server, method, tool and outcome: ok, tool_error, error, or the code of the failure.");
    for (const { labels, count } of this.#counts.values()) yield `${name}${labelled(labels)} ${count}`;
  }
}

export function createMetrics(): Metrics {
  const calls = new Calls();
  const durations = new Map<string, Durations>();
  const count = (route: Route, method: string, outcome: string, startedAt: number): void => {
    calls.add(route, method, outcome);
    const own = durations.get(route.server.name) ?? new Durations();
    durations.set(route.server.name, own);
    own.add((performance.now() - startedAt) / 1_000);
  };
  const middleware: Middleware = async (routed, next) => {
    const startedAt = performance.now();
    const { route, call } = routed;
    try {
      const answer = await next(routed);
      count(route, call.method, outcomeOf(answer), startedAt);
      return answer;
    } catch (error) {
      count(route, call.method, error instanceof ToolyardError ? error.code : "INTERNAL", startedAt);
      throw error;
    }
  };
  const text = (servers: readonly ServerFigures[]): string =>
    [...calls.lines(), ...durationLines(durations), ...serverLines(servers), ...processLines(), ""].join("\n");
  return { middleware, text };
}

/** `ok`, `tool_error` for a result that says so itself, `error` for a JSON-RPC error of the server. */
function outcomeOf(answer: Answer): string {
  if (answer.error !== undefined) return "error";
  return answer.result.get("isError") === true ? "tool_error" : "ok";
}

function* durationLines(durations: ReadonlyMap<string, Durations>): Generator<string> {
  const name = "toolyard_call_duration_seconds";
  yield* heading(name, "histogram", "How long calls took, waiting for the server included.");
  for (const [server, { counts, sum }] of durations) {
    let total = 0;
    for (const [index, count] of counts.entries()) {
      total += count;
      yield `${name}_bucket${labelled({ server, le: String(BOUNDS[index] ?? "+Inf") })} ${total}`;
    }
    yield `${name}_sum${labelled({ server })} ${sum}`;
    yield `${name}_count${labelled({ server })} ${total}`;
  }
}

const GAUGES: readonly { name: string; type: string; help: string; value: (status: ServerFigures) => number }[] = [
  {
    name: "toolyard_server_ready",
    type: "gauge",
    help: "1 while the server has a live connection.",
    value: ({ state }) => Number(state === "ready"),
  },
  { name: "toolyard_server_tools", type: "gauge", help: "Tools of the server that are offered.", value: ({ tools }) => tools },
  {
    name: "toolyard_server_in_flight",
    type: "gauge",
    help: "Requests that the server has not answered yet.",
    value: ({ inFlight }) => inFlight,
  },
  {
    name: "toolyard_server_restarts_total",
    type: "counter",
    help: "Times that the server was started again.",
    value: ({ restarts }) => restarts,
  },
];

function* serverLines(servers: readonly ServerFigures[]): Generator<string> {
  for (const { name, type, help, value } of GAUGES) {
    yield* heading(name, type, help);
    for (const status of servers) yield `${name}${labelled({ server: status.name })} ${value(status)}`;
  }
}

function* processLines(): Generator<string> {
  yield* heading("process_resident_memory_bytes", "gauge", "Resident memory.");
  yield `process_resident_memory_bytes ${process.memoryUsage.rss()}`;
  yield* heading("nodejs_heap_size_used_bytes", "gauge", "Memory of JavaScript objects, garbage included.");
  yield `nodejs_heap_size_used_bytes ${process.memoryUsage().heapUsed}`;
  yield* heading("nodejs_active_resources", "gauge", "What keeps the process awake, by type: timers, sockets, children.");
  for (const [type, count] of countByType(process.getActiveResourcesInfo())) yield `nodejs_active_resources${labelled({ type })} ${count}`;
  yield* heading("process_start_time_seconds", "gauge", "When the process began, since the epoch.");
  yield `process_start_time_seconds ${(performance.timeOrigin / 1_000).toFixed(3)}`;
}

function countByType(types: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

function* heading(name: string, type: string, help: string): Generator<string> {
  yield `# HELP ${name} ${help}`;
  yield `# TYPE ${name} ${type}`;
}

function labelled(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",")}}`;
}

/** Names come from servers: a line break in one must not make a line. */
function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
