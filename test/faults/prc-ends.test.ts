/** PRC: how servers are ended, and what is left of them. */

import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { watchedServer, wrapped } from "../support/fixture.ts";
import { isAlive, processesWith, untilGone } from "../support/processes.ts";
import { until } from "../support/wait.ts";
import { makeHome, startGateway } from "./gateway.ts";

const NONE = { mcpServers: {} };

describe.concurrent("PRC-06", () => {
  it("PRC-06 stdin ends first; SIGTERM comes to who is still there after 2 s, SIGKILL after 3 more", async () => {
    using polite = watchedServer();
    using deaf = watchedServer({ "ignore-eof": true });
    using stubborn = watchedServer({ "ignore-eof": true, "ignore-term": true });
    const mcpServers = { polite: polite.entry, deaf: deaf.entry, stubborn: stubborn.entry };
    await using gateway = await startGateway({ mcpServers });
    await gateway.untilReady();
    gateway.home.configure(NONE);
    const eofs = await Promise.all([polite, deaf, stubborn].map((server) => server.log.waitFor({ what: "eof" }, 10_000)));
    const [, deafEof, stubbornEof] = eofs.map(({ at }) => at);
    await untilGone(polite.canary, 1_500); // before any SIGTERM is due
    expect(polite.log.count({ what: "signal" })).toBe(0);

    const term = await deaf.log.waitFor({ what: "signal" }, 10_000);
    expect(term["signal"]).toBe("SIGTERM");
    expect(term.at - (deafEof ?? 0)).toBeGreaterThan(1_900);
    expect(term.at - (deafEof ?? 0)).toBeLessThan(2_000 + 1_500);
    await untilGone(deaf.canary, 1_000);

    expect((await stubborn.log.waitFor({ what: "signal" }, 10_000))["signal"]).toBe("SIGTERM");
    await untilGone(stubborn.canary, 10_000);
    expect(Date.now() - (stubbornEof ?? 0)).toBeGreaterThan(4_900);
    expect(stubborn.log.count({ what: "signal" })).toBe(1); // SIGKILL is not seen
    expect(stubborn.log.count({ what: "exit" })).toBe(0);
  });

  it("PRC-06 a stop is over only when the processes are: the gateway does not end before them", async () => {
    using stubborn = watchedServer({ "ignore-eof": true, "ignore-term": true });
    await using gateway = await startGateway({ mcpServers: { stubborn: stubborn.entry } });
    await gateway.untilReady();
    expect(await gateway.stop()).toEqual({ code: 0, signal: null });
    expect(processesWith(stubborn.canary)).toEqual([]);
  });

  it("PRC-06 a process that nobody uses is stopped the same way, and started by the next call", async () => {
    using server = watchedServer();
    await using gateway = await startGateway({ mcpServers: { s: { ...server.entry, timeouts: { idle: "1s" } } } });
    await gateway.untilServer("s", ({ state, lists }) => state === "idle" && lists === "live");
    await untilGone(server.canary, 1_500);
    expect(server.log.all().map(({ what }) => what)).toEqual(expect.arrayContaining(["eof", "exit"]));
    expect(server.log.count({ what: "signal" })).toBe(0);
    await using client = await gateway.client();
    expect(await client.text("s__echo", { text: "woken" })).toBe("woken");
    expect(server.log.count({ what: "start" })).toBe(2);
  });
});

describe.concurrent("PRC-07", () => {
  const kinds = ["plain", "stubborn", "holding"] as const;

  it.each(kinds)("PRC-07 nothing is left of a wrapper, its server and a %s grandchild", async (kind) => {
    using removed = watchedServer({ "spawn-grandchild": kind, "ignore-eof": true, "ignore-term": true });
    using kept = watchedServer({ "spawn-grandchild": kind });
    await using gateway = await startGateway({ mcpServers: { removed: wrapped(removed.entry), kept: wrapped(kept.entry) } });
    await gateway.untilReady();
    expect(processesWith(removed.canary).length).toBeGreaterThanOrEqual(3);
    gateway.home.configure({ mcpServers: { kept: wrapped(kept.entry) } });
    await untilGone(removed.canary, 5_000 + 8_000); // the whole ladder, and slack
    expect(processesWith(kept.canary).length).toBeGreaterThanOrEqual(3);
    await gateway.stop();
    expect(processesWith(kept.canary)).toEqual([]); // at the very moment at which the gateway has ended
  });

  it("PRC-07 nor of one whose server died by itself, or whose wrapper was killed", async () => {
    using dead = watchedServer({ "spawn-grandchild": "stubborn", exit: "1@call:add" });
    using beheaded = watchedServer({ "spawn-grandchild": "stubborn", "ignore-eof": true });
    const limits = { backoff: { first: "100ms" } };
    await using gateway = await startGateway({ limits, mcpServers: { dead: dead.entry, beheaded: wrapped(beheaded.entry) } });
    await gateway.untilReady();
    await using client = await gateway.client();
    const before = [...processesWith(dead.canary), ...processesWith(beheaded.canary)].map(({ pid }) => pid);
    process.kill((await gateway.server("beheaded")).pid ?? -1, "SIGKILL");
    await client.call("dead__add", { a: 1, b: 1 });
    await until(
      () => before.every((pid) => !isAlive(pid)),
      10_000,
      "the old trees are gone",
      () => before.filter((pid) => isAlive(pid)),
    );
    await gateway.untilReady();
    expect(await client.text("beheaded__echo", { text: "new" })).toBe("new");
  });
});

describe.concurrent("PRC-09", () => {
  it("PRC-09 of five servers of a killed gateway three end by themselves, the next start ends the other two and nothing else", async () => {
    const polite = [watchedServer(), watchedServer(), watchedServer()];
    const stubborn = [
      watchedServer({ "ignore-eof": true, "ignore-term": true }),
      watchedServer({ "ignore-eof": true, "spawn-grandchild": "stubborn" }),
    ];
    const all = [...polite, ...stubborn];
    using innocent = bystander();
    using home = makeHome({ mcpServers: Object.fromEntries(all.map(({ entry }, index) => [`s${index}`, entry])) as object });
    try {
      const first = await home.serve();
      await first.untilReady();
      forgeLedger(home.env["XDG_STATE_HOME"] ?? "", innocent.pid);
      first.kill("SIGKILL");
      await first.exited;
      for (const { canary } of polite) await untilGone(canary, 2_000 + 3_000); // and slack
      const orphans = stubborn.flatMap(({ canary }) => processesWith(canary)).map(({ pid }) => pid);
      expect(orphans.length).toBeGreaterThanOrEqual(3);

      await using next = await home.serve();
      await until(
        () => orphans.every((pid) => !isAlive(pid)),
        10_000,
        "the orphans are ended",
        () => orphans.filter((pid) => isAlive(pid)),
      );
      await next.untilReady();
      expect(isAlive(innocent.pid)).toBe(true);
    } finally {
      for (const server of all) server[Symbol.dispose]();
    }
  });

  it("PRC-09 also of a wrapper that is gone while its grandchild is not, and while it was being ended", async () => {
    using beheaded = watchedServer({ "spawn-grandchild": "stubborn", "ignore-eof": true });
    using ending = watchedServer({ "ignore-eof": true, "ignore-term": true });
    using home = makeHome({ mcpServers: { beheaded: beheaded.entry, ending: ending.entry } });
    const first = await home.serve();
    await first.untilReady();
    const leader = (await first.server("beheaded")).pid ?? -1;
    home.configure({ mcpServers: { beheaded: beheaded.entry } });
    await ending.log.waitFor({ what: "eof" }, 10_000);
    first.kill("SIGKILL");
    process.kill(leader, "SIGKILL");
    await first.exited;
    const orphans = [...processesWith(beheaded.canary), ...processesWith(ending.canary)].map(({ pid }) => pid);
    expect(orphans.length).toBeGreaterThanOrEqual(2);
    home.configure(NONE);
    await using next = await home.serve();
    await until(
      () => orphans.every((pid) => !isAlive(pid)),
      10_000,
      "the orphans are ended",
      () => orphans.filter((pid) => isAlive(pid)),
    );
    expect(next.log).not.toMatch(/error/i);
  });
});

/** A process that has nothing to do with us, in a group of its own. */
function bystander(): { readonly pid: number } & Disposable {
  const child = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
  return { pid: child.pid ?? -1, [Symbol.dispose]: () => void child.kill("SIGKILL") };
}

/** Notes in the ledger that say of an innocent process that it is an orphan: by a number that was used again, or by anything else. */
function forgeLedger(state: string, pid: number): void {
  const folder = readdirSync(join(state, "toolyard"), { recursive: true, encoding: "utf8" }).find((name) =>
    /(orphan|ledger|group|process)[a-z]*$/.test(name),
  );
  const ledger = join(state, "toolyard", folder ?? "processes");
  mkdirSync(ledger, { recursive: true });
  const [example = ""] = readdirSync(ledger).filter((name) => name.endsWith(".json"));
  const note = JSON.parse(readFileSync(join(ledger, example), "utf8")) as Record<string, unknown>;
  writeFileSync(join(ledger, `${pid}.json`), JSON.stringify({ ...note, pid }));
  writeFileSync(join(ledger, "1.json"), JSON.stringify({ ...note, pid: 1 }));
  writeFileSync(join(ledger, "0.json"), JSON.stringify({ ...note, pid: -pid }));
  writeFileSync(join(ledger, "half.json"), JSON.stringify(note).slice(0, 20));
}
