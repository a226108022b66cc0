/** The switches as they are set at this moment, and when a timed one is due. */

import { SWITCHES, type Flags, type SwitchName, type Switches, type TimedName } from "./switches.ts";

interface Timing {
  readonly value: string;
  readonly when: readonly string[];
  readonly from: number;
  readonly to: number;
}

export class Switchboard {
  readonly values: Switches;
  readonly #timings = new Map<string, Timing>();
  readonly #seen = new Map<string, number>();

  constructor(values: Switches) {
    this.values = values;
  }

  /**
   * Replaces values; a timed switch counts its occurrences anew.
   *
   * @throws Error when a switch is unknown or its value does not fit
   */
  set(flags: Flags): void {
    for (const [name, value] of Object.entries(flags)) {
      assign(this.values, knownName(name), value);
      for (const key of this.#seen.keys()) if (key.startsWith(`${name} `)) this.#seen.delete(key);
    }
  }

  /** The value of a timed switch that is due at one of these moments; asking counts as one occurrence. */
  take(name: TimedName, moments: readonly string[]): string | undefined {
    for (const spec of this.values[name]) {
      const timing = this.#timing(name, spec);
      if (!timing.when.some((moment) => moments.includes(moment))) continue;
      const key = `${name} ${spec}`;
      const nth = (this.#seen.get(key) ?? 0) + 1;
      this.#seen.set(key, nth);
      if (nth >= timing.from && nth <= timing.to) return timing.value;
    }
    return undefined;
  }

  #timing(name: TimedName, spec: string): Timing {
    const key = `${name} ${spec}`;
    const timing = this.#timings.get(key) ?? parseTiming(spec, SWITCHES[name].kind === "moments");
    this.#timings.set(key, timing);
    return timing;
  }
}

/** `VALUE@WHEN+WHEN#FROM-TO`; without `@` the value alone (at a call), or for `moments` the WHEN alone. */
function parseTiming(spec: string, momentsOnly: boolean): Timing {
  const [, main = spec, from, dash, to] = /^(.*?)(?:#(\d+)(-(\d*))?)?$/s.exec(spec) ?? [];
  const at = main.lastIndexOf("@");
  const when = momentsOnly ? main : at < 0 ? "call" : main.slice(at + 1);
  return {
    value: momentsOnly || at < 0 ? main : main.slice(0, at),
    when: when.split("+"),
    from: from === undefined ? 1 : Number(from),
    to: from === undefined || (dash !== undefined && to === "") ? Infinity : Number(to ?? from),
  };
}

/** Reads `--name value` and `--name`; what stands after `--` is not ours. */
export function parseFlags(argv: readonly string[]): Switches {
  const values = defaults();
  const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : [...argv];
  while (own.length > 0) {
    const name = knownName(own.shift()?.replace(/^--/, "") ?? "");
    assign(values, name, readFlag(values, name, own));
  }
  return values;
}

/** Switches as command-line arguments, for {@link parseFlags}. */
export function toArguments(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === false) return [];
    if (value === true) return [`--${name}`];
    return [value].flat().flatMap((one) => [`--${name}`, String(one)]);
  });
}

function defaults(): Switches {
  const entries = Object.entries(SWITCHES).map(([name, row]) => [name, Array.isArray(row.fallback) ? [] : row.fallback]);
  return Object.fromEntries(entries) as Switches;
}

function knownName(name: string): SwitchName {
  if (Object.hasOwn(SWITCHES, name)) return name as SwitchName;
  throw new Error(`The hostile server has no switch "${name}".`);
}

function assign(values: Switches, name: SwitchName, value: unknown): void {
  const row = SWITCHES[name];
  const target = values as Record<SwitchName, unknown>;
  if (Array.isArray(row.fallback)) {
    target[name] = [value].flat().map(String);
    return;
  }
  if (typeof value !== typeof row.fallback || Number.isNaN(value)) {
    throw new Error(`--${name} wants a ${typeof row.fallback}, got ${JSON.stringify(value)}.`);
  }
  if (row.kind === "choice" && !(row.options as readonly unknown[]).includes(value)) {
    throw new Error(`--${name} is one of ${row.options.join(", ")}; got ${JSON.stringify(value)}.`);
  }
  target[name] = value;
}

/** What a switch says on the command line; a list grows with each mention, and plain ones are split at commas. */
function readFlag(values: Switches, name: SwitchName, argv: string[]): unknown {
  const { kind } = SWITCHES[name];
  if (kind === "flag") return true;
  const value = argv.shift() ?? "";
  if (kind === "number") return Number(value);
  if (kind === "text" || kind === "choice") return value;
  const more = kind === "timed" || value.startsWith("{") ? [value] : value.split(",");
  return [...(values[name] as string[]), ...more];
}
