/** PRC: processes without number: nothing of them may be left, and none may take us with it. */

import { describe, expect, it } from "vitest";
import { textOf } from "../support/inbox.ts";
import { CANARY, childrenOf, isAlive, openDescriptors, processesWith } from "../support/processes.ts";
import { pause, until, within } from "../support/wait.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { shellServer } from "./tiny.ts";

describe("PRC-08", () => {
  const names = Array.from({ length: 10 }, (_, index) => `s${index}`);
  const limits = { backoff: { first: "10ms", max: "50ms" }, starts: "1000/60s", drain: "0ms" };
  const config = (disabled: boolean): object => {
    const servers = names.map((name) => [name, { ...shellServer(":", { [CANARY]: "prc-08" }), disabled }]);
    return { limits, mcpServers: Object.fromEntries(servers) as object };
  };

  it("PRC-08 fifty stops and fifty kills leave no zombie, no survivor, no descriptor, no listener", async () => {
    await using gateway = await startGateway(config(false));
    await gateway.untilReady();
    await using client = await gateway.client();
    await Promise.all(names.map((name) => client.text(`${name}__pid`)));
    const { pid } = gateway;
    await pause(500);
    const descriptors = openDescriptors(pid);

    for (let round = 0; round < 5; round++) {
      for (const child of await pids(gateway)) process.kill(child, "SIGKILL");
      await pause(30);
      await gateway.untilReady();
    }
    for (let round = 0; round < 5; round++) {
      gateway.home.configure(config(true));
      await until(
        () => childrenOf(pid).length === 0,
        10_000,
        "no child",
        () => childrenOf(pid),
      );
      gateway.home.configure(config(false));
      await gateway.untilReady();
    }
    const answers = await Promise.all(names.map((name) => client.text(`${name}__pid`)));
    expect(new Set(answers).size).toBe(names.length);
    expect(childrenOf(pid).filter(({ state }) => state === "Z")).toEqual([]);
    expect(childrenOf(pid).length).toBe(names.length);
    await until(
      () => openDescriptors(pid) <= descriptors + 5,
      5_000,
      `${descriptors} descriptors`,
      () => openDescriptors(pid),
    );
    expect(gateway.log).not.toMatch(/MaxListeners|unhandled|fault of our own/i);
    await gateway.stop();
    expect(processesWith("prc-08")).toEqual([]);
  });
});

describe("PRC-11", () => {
  const servers = 8;
  const children = 125;

  it("PRC-11 a thousand children that go between their answer and our next write", async () => {
    const limits = { backoff: { first: "10ms", max: "10ms" }, starts: "1000/1s", breaker: { failures: 1000 } };
    // Every other one closes only its stdin, so that the write meets a pipe without a reader.
    const entries = Array.from({ length: servers }, (_, index) => [
      `s${index}`,
      shellServer(index % 2 === 0 ? "exit 0" : "exec 0</dev/null; exit 0"),
    ]);
    await using gateway = await startGateway({ limits, mcpServers: Object.fromEntries(entries) as object });
    await gateway.untilReady();
    await using client = await gateway.client();
    const attack = async (name: string): Promise<void> => {
      for (let answered = 0; answered < children;) {
        const answers = await Promise.all([client.call(`${name}__pid`), client.call(`${name}__pid`)]);
        if (answers.every(({ result }) => result?.isError === true)) await pause(10);
        for (const answer of answers) {
          if (answer.result?.isError !== true) answered++;
          expect(textOf(answer)).toMatch(/^\d+$|^Server "s\d", tool "s\d__pid": .*\[(OUTCOME_UNKNOWN|SERVER_EXITED|SERVER_STARTING)\]/s);
        }
      }
    };
    await within(
      Promise.all(Object.keys(Object.fromEntries(entries) as object).map(attack)),
      100_000,
      "a thousand children",
      () => gateway.log,
    );
    expect(isAlive(gateway.pid)).toBe(true);
    expect(gateway.log).not.toMatch(/uncaught|unhandled|EPIPE|fault of our own/i);
  }, 240_000);
});

async function pids(gateway: Gateway): Promise<number[]> {
  const { servers } = await gateway.state();
  return servers.flatMap(({ pid }) => pid ?? []);
}
