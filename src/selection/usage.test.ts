import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "../base/clock.ts";
import { silentLogger, type Logger } from "../base/log.ts";
import { Usage } from "./usage.ts";

const DAY = 24 * 60 * 60 * 1000;
let folder: string;
let file: string;
let warnings: string[];
let now: number;
let due: (() => void)[];

const clock: Clock = {
  now: () => now,
  after(_, action) {
    due.push(action);
    return () => void due.splice(due.indexOf(action), 1);
  },
};
const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
const open = (): Promise<Usage> => Usage.open({ file, clock, logger });
const share = (usage: Usage, toolset: string | undefined, id: string): number => usage.of(toolset)({ id });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "toolyard-usage-"));
  file = join(folder, "state", "usage.json");
  warnings = [];
  due = [];
  now = 1_000 * DAY;
});
afterEach(() => rm(folder, { recursive: true }));

test("what is used most has the whole share, of its toolset alone", async () => {
  const usage = await open();
  for (let call = 0; call < 8; call++) usage.note(undefined, "github/create_issue");
  usage.note(undefined, "github/list_issues");
  usage.note("support", "crm/find");
  expect(share(usage, undefined, "github/create_issue")).toBe(1);
  expect(share(usage, undefined, "github/list_issues")).toBeGreaterThan(0.2);
  expect(share(usage, undefined, "github/list_issues")).toBeLessThan(0.5);
  expect(share(usage, undefined, "crm/find")).toBe(0);
  expect(share(usage, "support", "crm/find")).toBeCloseTo(Math.log(2) / Math.log(9));
});

test("it is kept in a private file, and a later process goes on with it", async () => {
  const usage = await open();
  usage.note("support", "crm/find");
  expect(due).toHaveLength(1);
  await usage.close();
  expect(due).toHaveLength(0);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(share(await open(), "support", "crm/find")).toBeGreaterThan(0);
});

test("two processes add to one another", async () => {
  const [one, other] = [await open(), await open()];
  one.note(undefined, "a/x");
  other.note(undefined, "a/y");
  await one.flush();
  await other.flush();
  await one.flush();
  const both = await open();
  expect(share(both, undefined, "a/x")).toBeGreaterThan(0);
  expect(share(both, undefined, "a/y")).toBe(share(both, undefined, "a/x"));
});

test("a call counts half after two weeks and is forgotten after some months", async () => {
  const usage = await open();
  for (let call = 0; call < 32; call++) usage.note(undefined, "a/old");
  await usage.flush();
  now += 28 * DAY;
  usage.note(undefined, "a/new");
  expect(share(usage, undefined, "a/old")).toBeCloseTo(1);
  expect(share(usage, undefined, "a/new")).toBeCloseTo(Math.log(2) / Math.log1p(8));
  await usage.close();
  now += 300 * DAY;
  const later = await open();
  later.note(undefined, "a/third");
  await later.close();
  expect(Object.keys(JSON.parse(await readFile(file, "utf8")).toolsets[""])).toEqual(["a/third"]);
});

test("a broken file costs a warning, an unwritable place another, and neither a call", async () => {
  const usage = await open();
  usage.note(undefined, "a/x");
  await usage.flush();
  await writeFile(file, "{");
  const again = await open();
  expect(share(again, undefined, "a/x")).toBe(0);
  expect(warnings).toHaveLength(1);
  const blocked = await Usage.open({ file: join(file, "below"), clock, logger });
  blocked.note(undefined, "a/x");
  await blocked.close();
  expect(warnings.at(-1)).toContain("cannot be kept");
  expect(share(blocked, undefined, "a/x")).toBeGreaterThan(0);
});

test("what is noted after the end is not", async () => {
  const usage = await open();
  await usage.close();
  usage.note(undefined, "a/x");
  expect(share(usage, undefined, "a/x")).toBe(0);
  expect(due).toHaveLength(0);
});
