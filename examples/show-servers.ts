/** One line for each server of a yard: what became of it. */

/** What `ready()` says of a server. */
interface Readiness {
  readonly state: string;
  readonly reason?: string;
  readonly ms: number;
  readonly tools: number;
}

export function showServers(servers: Readonly<Record<string, Readiness>>): void {
  for (const [name, { state, reason, ms, tools }] of Object.entries(servers)) {
    console.log(
      `${name.padEnd(12)} ${state.padEnd(10)} ${String(ms).padStart(6)} ms  ${tools} tools${reason === undefined ? "" : `  ${reason}`}`,
    );
  }
}
