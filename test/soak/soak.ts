/** Everything at once: servers that fail, a configuration that changes, clients that vanish; and what may not come of it. */

import { makeHome, type Gateway, type Home } from "../faults/gateway.ts";
import { tempDir } from "../support/fixture.ts";
import { pause, until } from "../support/wait.ts";
import { occupy, type Crowd } from "./clients.ts";
import { Random } from "./random.ts";
import { openSoakServers, type SoakServer } from "./servers.ts";
import { Tally } from "./tally.ts";
import { floors, sample, slope, type Sample } from "./watch.ts";

export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
  /** Told what happens, now and then. */
  readonly say?: (line: string) => void;
}

export interface SoakResult {
  readonly seconds: number;
  readonly seed: number;
  readonly tally: Tally;
  /** Before the first fault and after the last, when nobody calls. */
  readonly before: Sample;
  readonly after: Sample;
  readonly samples: readonly Sample[];
  readonly heapSlope: number;
  /** What must not be; empty: all is well. */
  readonly faults: readonly string[];
}

/** The drain of 10 s, the 5 s of a process that heeds nothing, and what a busy machine adds. */
const ENDING_MS = 90_000;
/** A file is saved about so often. */
const RELOAD_EVERY = 8;
const PLACES = [
  ...(["http", "http", "http", "http", "stdio"] as const).map((carrier) => [carrier, "legacy"] as const),
  ...(["http", "http", "http", "http", "stdio"] as const).map((carrier) => [carrier, "modern"] as const),
];
const LIMITS = {
  backoff: { first: "200ms", max: "2s" },
  starts: "1000/60s",
  breaker: { failures: 5, open: "1s" },
  listDebounce: "100ms",
  // What clients that vanish leave behind is kept for so long; it must be gone when the timers are counted.
  input: "15s",
  sessionIdle: "1m",
};
/** A connection that is kept for the next call, more or less. */
const SOME = 12;
/** How much of the run is not looked at for the slope of the heap: caches fill, code is compiled. */
const WARM_UP = 0.3;

export async function soak({ seconds, seed, say = () => {} }: SoakOptions): Promise<SoakResult> {
  using directory = tempDir();
  using home = makeHome({ mcpServers: {} });
  const servers = await openSoakServers(directory);
  try {
    configure(home, servers, 0);
    await using gateway = await home.serve();
    const result = await run({ gateway, servers, seconds, random: new Random(seed), say, seed });
    return { ...result, faults: [...result.faults, ...(await stop(gateway, say))] };
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

/** What still runs may drain, what heeds nothing is killed: then the gateway must be gone. */
async function stop(gateway: Gateway, say: (line: string) => void): Promise<string[]> {
  const startedAt = performance.now();
  const { servers } = await gateway.state();
  const inFlight = servers.reduce((sum, server) => sum + server.inFlight, 0);
  const { code } = await gateway.stop(ENDING_MS);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  say(`The gateway ended with ${code} after ${seconds} s; ${inFlight} requests were in flight.`);
  return code === 0 ? [] : [`the gateway ended with ${code}`];
}

interface Run {
  readonly gateway: Gateway;
  readonly servers: readonly SoakServer[];
  readonly seconds: number;
  readonly seed: number;
  readonly random: Random;
  readonly say: (line: string) => void;
}

async function run({ gateway, servers, seconds, random, say, seed }: Run): Promise<SoakResult> {
  const working = servers.filter(({ works }) => works);
  await gateway.untilReady(working.map(({ name }) => name));
  const tally = new Tally(servers.filter(({ works }) => !works).map(({ name }) => name));
  await warmUp(gateway, working);
  const ranBefore = new Map(working.map((server) => [server.name, server.executions()]));
  const startedAt = performance.now();
  const before = await sample(gateway, startedAt);
  const ending = new AbortController();
  const crowd: Crowd = { gateway, servers: servers.map(({ name }) => name), tally, random, ending: ending.signal };
  const clients = PLACES.map(([carrier, era]) => occupy(crowd, carrier, era));
  const samples: Sample[] = [];
  const watching = watch(gateway, { startedAt, samples, signal: ending.signal, say, tally });
  await chaos({ gateway, working, servers, random, tally, until: startedAt + seconds * 1_000 });
  await Promise.all(working.map((server) => server.heal()));
  ending.abort();
  await Promise.all([...clients, watching]);
  for (const server of working) tally.checkExecutions(server.name, server.executions() - (ranBefore.get(server.name) ?? 0));
  const after = await settle(gateway, working, startedAt, before);
  const heapSlope = slope(
    floors(
      samples.filter(({ at }) => at > seconds * WARM_UP),
      Math.max(5, seconds / 20),
    ),
  );
  const took = (performance.now() - startedAt) / 1_000;
  return { seconds: took, seed, tally, before, after, samples, heapSlope, faults: verdict({ tally, before, after, samples, gateway }) };
}

/** Every path once, so that what is made only once is there before anything is counted. */
async function warmUp(gateway: Gateway, servers: readonly SoakServer[]): Promise<void> {
  await using client = await gateway.client({ era: "modern" });
  await using pipe = gateway.home.stdio();
  await pipe.handshake();
  for (const { name } of servers) {
    await client.call(`${name}__echo`, { text: "warm" });
    await pipe.call(`${name}__echo`, { text: "warm" });
  }
}

interface Chaos {
  readonly gateway: Gateway;
  readonly working: readonly SoakServer[];
  readonly servers: readonly SoakServer[];
  readonly random: Random;
  readonly tally: Tally;
  readonly until: number;
}

async function chaos({ gateway, working, servers, random, tally, until: end }: Chaos): Promise<void> {
  let ailing: { readonly server: SoakServer; readonly healedAt: number }[] = [];
  for (let count = 1; performance.now() < end; count++) {
    await pause(random.between(100, 1_200));
    const server = random.pick(working);
    const { servers: status } = await gateway.state();
    const pid = status.find(({ name }) => name === server.name)?.pid;
    tally.fault(server.name);
    await server.hurt(random, pid);
    tally.fault(server.name); // what takes a while is a fault until its end
    ailing.push({ server, healedAt: performance.now() + random.between(500, 6_000) });
    const due = ailing.filter(({ healedAt }) => healedAt <= performance.now());
    ailing = ailing.filter((each) => !due.includes(each));
    for (const each of due) {
      await each.server.heal();
      tally.fault(each.server.name);
    }
    if (count % RELOAD_EVERY !== 0) continue;
    configure(gateway.home, servers, count);
    for (const { name } of servers) if (name.startsWith("stdio")) tally.fault(name); // those with another entry are exchanged
  }
}

/** Writes the file anew; what changes beside the servers' own entries restarts nothing. */
function configure(home: Home, servers: readonly SoakServer[], count: number): void {
  const mcpServers = Object.fromEntries(servers.map((server) => [server.name, server.entry()]));
  home.configure({ mcpServers, limits: LIMITS, toolsets: { [`t${count % 3}`]: { servers: [] } } });
}

interface Watching {
  readonly startedAt: number;
  readonly samples: Sample[];
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly tally: Tally;
}

async function watch(gateway: Gateway, { startedAt, samples, signal, say, tally }: Watching): Promise<void> {
  for (let nth = 0; !signal.aborted; nth++) {
    const now = await sample(gateway, startedAt);
    samples.push(now);
    if (nth % 10 === 0)
      say(
        `${now.at.toFixed(0).padStart(6)} s  ${tally.calls} calls, ${tally.faults} faults, ${tally.wrongs} wrong; ` +
          `heap ${now.heapMb.toFixed(0)} MB, ${now.descriptors} descriptors, ${now.children} children`,
      );
    for (let waited = 0; waited < 3_000 && !signal.aborted; waited += 100) await pause(100);
  }
}

/** Waits until all is as quiet as it can be. */
async function settle(gateway: Gateway, working: readonly SoakServer[], startedAt: number, before: Sample): Promise<Sample> {
  await gateway.untilReady(
    working.map(({ name }) => name),
    60_000,
  );
  await using client = await gateway.client({ era: "modern" });
  for (const { name } of working) {
    const wanted = `${name} at the end`;
    await until(async () => (await client.text(`${name}__nonce`, { nonce: "at the end" })) === wanted, 60_000, `${name} is well again`);
  }
  let last = await sample(gateway, startedAt);
  for (let tries = 0; tries < 80 && (last.descriptors > before.descriptors + SOME || last.timers > before.timers + SOME); tries++) {
    await pause(1_000);
    last = await sample(gateway, startedAt);
  }
  return last;
}

function verdict(seen: Pick<SoakResult, "tally" | "before" | "after" | "samples"> & { readonly gateway: Gateway }): string[] {
  const { tally, before, after, samples, gateway } = seen;
  const grew = (what: "descriptors" | "timers" | "children", by: number): string[] =>
    after[what] > before[what] + by ? [`${what}: ${before[what]} before, ${after[what]} after`] : [];
  const zombies = samples.filter((each) => each.zombies > 2).length;
  const words = /MaxListeners|uncaught|unhandled|fault of our own/i.exec(gateway.log);
  return [
    ...(tally.wrongs === 0 ? [] : [`${tally.wrongs} calls that must not be: ${tally.wrong.join(" | ")}`]),
    ...(tally.calls === 0 ? ["nobody called"] : []),
    ...grew("descriptors", SOME),
    ...grew("timers", SOME),
    ...grew("children", 2), // the one that never answers comes and goes
    ...(zombies > 3 ? [`${zombies} samples with zombies`] : []),
    ...(words === null ? [] : [`the log says: ${gateway.log.slice(Math.max(0, words.index - 200), words.index + 400)}`]),
    ...heapFaults(samples),
  ];
}

/** Does the floor of the heap rise? Between the middle and the end of the run, as code and caches grow at first. */
function heapFaults(samples: readonly Sample[]): string[] {
  const third = (from: number, to: number): number =>
    Math.min(...samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to)).map(({ heapMb }) => heapMb));
  if (samples.length < 30) return [];
  const [middle, last] = [third(0.3, 0.65), third(0.65, 1)];
  return last > middle * 1.15 + 4 ? [`heap: at least ${middle.toFixed(1)} MB in the middle, ${last.toFixed(1)} MB at the end`] : [];
}
