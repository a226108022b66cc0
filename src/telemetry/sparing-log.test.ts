import { expect, it } from "vitest";
import { FakeClock } from "../base/fake-clock.suite.ts";
import type { Logger } from "../base/log.ts";
import { sparing } from "./sparing-log.ts";

it("lets a hundred lines a second of each level pass, and then says how many it dropped", async () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const all: Logger = { debug: note, info: note, warn: note, error: note };
  const log = sparing(all, clock);
  for (let nth = 0; nth < 1_000; nth++) log.info(`line ${nth}`);
  log.error("heard");
  expect(lines).toHaveLength(101);
  await clock.pass(1_000);
  log.info("later");
  expect(lines.slice(100)).toEqual(["heard", "900 lines of servers were left out: there were more than 100 in a second.", "later"]);
});
