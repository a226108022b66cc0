/** The instruments themselves: they see what is there, and say what they saw when it is not. */

import { describe, expect, it } from "vitest";
import { EventLog } from "./events.ts";
import { startHttp, tempDir, watchedServer } from "./fixture.ts";
import { canFindProcesses, isAlive, openDescriptors, processesWith, residentBytes, untilGone } from "./processes.ts";
import { openStdio } from "./stdio-client.ts";
import { until, within } from "./wait.ts";

describe.concurrent("waiting", () => {
  it("until gives what the condition gave, also after it has thrown", async () => {
    let asked = 0;
    const value = await until(() => {
      if (++asked < 3) throw new Error("not yet");
      return `after ${asked}`;
    });
    expect(value).toBe("after 3");
  });

  it("until and within fail with what they waited for and what they saw last", async () => {
    await expect(
      until(
        () => false,
        30,
        "pigs fly",
        () => ["a", "pig"],
      ),
    ).rejects.toThrow(/30 ms still not: pigs fly\. Last seen: \[\s*"a",\s*"pig"/);
    await expect(within(new Promise(() => {}), 20, "the end")).rejects.toThrow("After 20 ms still not: the end.");
  });

  it("an event that does not come fails with the events that did", async () => {
    using server = watchedServer();
    await using client = await openStdio(server.entry);
    await expect(server.log.waitFor({ what: "signal" }, 50)).rejects.toThrow('"what": "start"');
    expect(server.log.count((event) => event.pid === client.pid)).toBeGreaterThan(1);
    expect(new EventLog("/nowhere").all()).toEqual([]);
  });
});

describe.skipIf(!canFindProcesses).concurrent("processes", () => {
  it("are found by their canary, alive, with descriptors and memory", async () => {
    using server = watchedServer();
    await using client = await openStdio(server.entry);
    expect(processesWith(server.canary)).toMatchObject([{ pid: client.pid, parent: process.pid, group: client.pid }]);
    expect(openDescriptors(client.pid)).toBeGreaterThan(3);
    expect(residentBytes(client.pid)).toBeGreaterThan(20 * 1024 * 1024);
    await expect(untilGone(server.canary, 50)).rejects.toThrow(`"pid": ${client.pid}`);
    await client.end();
    await untilGone(server.canary);
    expect(isAlive(client.pid)).toBe(false);
  });

  it("end with their owner", async () => {
    const server = watchedServer({ "ignore-term": true, "ignore-eof": true });
    const client = await openStdio(server.entry);
    const http = await startHttp({ "ignore-term": true });
    const directory = tempDir();
    server[Symbol.dispose]();
    await client[Symbol.asyncDispose]();
    await http[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
    expect([isAlive(client.pid), isAlive(http.pid)]).toEqual([false, false]);
  });
});
