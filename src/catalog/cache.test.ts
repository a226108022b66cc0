import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import type { ServerConfig } from "../config/config.ts";
import { parseConfig } from "../config/load.ts";
import type { RawLists } from "../upstream/listing/raw-lists.ts";
import { openListCache, type ListCache } from "./cache.ts";
import { nothingListed } from "./section.ts";

const HOUR = 3_600_000;

let root: string;
let folder: string;
let now: number;
let warnings: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "toolyard-cache-"));
  folder = join(root, "toolyard", "lists");
  now = 1_000_000_000_000;
  warnings = [];
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** A cache as a new process would open it. */
function open(): ListCache {
  const clock: Clock = { now: () => now, after: () => () => {} };
  return openListCache({ folder, clock, logger: { ...silentLogger, warn: (message) => warnings.push(message) } });
}

function server(entry: object = {}, name = "gh"): ServerConfig {
  const config = parseConfig({ mcpServers: { [name]: { command: "gh-mcp", ...entry } } }, { fingerprintKey: "k" });
  return config.servers.get(name) as ServerConfig;
}

const lists: RawLists = { ...nothingListed, tools: [{ name: "a", "x-new": null }, null], instructions: "Hi.", capabilities: { tools: {} } };

async function keep(of: ServerConfig, what: RawLists = lists): Promise<void> {
  const cache = open();
  cache.write(of, what);
  await cache.flush();
}

const onlyFile = async (): Promise<string> => join(folder, (await readdir(folder))[0] ?? "");

describe("ListCache", () => {
  it("gives the next process what was listed, word for word", async () => {
    await keep(server());
    expect(await open().read(server())).toEqual(lists);
    expect(warnings).toEqual([]);
  });

  it("gives how long each list may be kept, but nothing that is none", async () => {
    const keeping = { tools: { until: now + 5_000, isPrivate: false }, prompts: { until: now, isPrivate: true } };
    await keep(server(), { ...lists, keeping });
    expect(await open().read(server())).toEqual({ ...lists, keeping });
    const file = await onlyFile();
    await writeFile(
      file,
      (await readFile(file, "utf8")).replace(String(now + 5_000), '"soon"').replace('"isPrivate":true', '"isPrivate":0'),
    );
    expect((await open().read(server()))?.keeping).toEqual({ prompts: keeping.prompts });
  });

  it("does not write the same again, though it may be kept for another time", async () => {
    const cache = open();
    cache.write(server(), lists);
    await cache.flush();
    const file = await onlyFile();
    await writeFile(file, "spoilt");
    cache.write(server(), { ...lists, keeping: { tools: { until: now, isPrivate: true } } });
    await cache.flush();
    expect(await readFile(file, "utf8")).toBe("spoilt");
    cache.write(server(), { ...lists, tools: [] });
    await cache.flush();
    expect((await open().read(server()))?.tools).toEqual([]);
  });

  it("has nothing, silently, for a server that was never listed or is now another", async () => {
    await keep(server());
    expect(await open().read(server({}, "gitlab"))).toBeUndefined();
    expect(await open().read(server({ args: ["--other"] }))).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("keeps two configurations of one name apart", async () => {
    await keep(server({ args: ["one"] }));
    await keep(server({ args: ["two"] }), { ...lists, tools: [] });
    expect((await open().read(server({ args: ["one"] })))?.tools).toHaveLength(2);
    expect((await open().read(server({ args: ["two"] })))?.tools).toHaveLength(0);
  });

  it("writes files that only their owner can read, under names that any file system takes, and leaves no other", async () => {
    const named = server({ headers: { Authorization: "Bearer s3cret" }, url: "http://x.example/mcp", command: undefined }, "a b:ä");
    await keep(named);
    const names = await readdir(folder);
    expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{24}-[0-9a-f]{24}\.json$/)]);
    expect((await stat(await onlyFile())).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(await readFile(await onlyFile(), "utf8")).not.toContain("s3cret");
  });

  it.each([
    ["cut off", (text: string) => text.slice(0, -10)],
    ["empty", () => ""],
    ["no object", () => "[1]"],
    ["of another format", (text: string) => text.replace('"format":1', '"format":99')],
    ["of another server", (text: string) => text.replace('"server":"gh"', '"server":"gl"')],
  ])("ignores a file that is %s, with a warning, and writes it anew", async (_, spoil) => {
    await keep(server());
    const file = await onlyFile();
    await writeFile(file, spoil(await readFile(file, "utf8")));
    expect(await open().read(server())).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('cached lists of the server "gh"')]);
    await keep(server());
    expect(await open().read(server())).toEqual(lists);
  });

  it("takes none of lists that lack a part", async () => {
    await keep(server());
    const file = await onlyFile();
    await writeFile(file, (await readFile(file, "utf8")).replace('"prompts":[]', '"prompts":{}'));
    expect(await open().read(server())).toBeUndefined();
  });

  it("keeps nothing of a server that is not to be cached", async () => {
    await keep(server());
    const uncached = server({ cache: false });
    expect(await open().read(uncached)).toBeUndefined();
    await keep(uncached, nothingListed);
    expect(await open().read(server())).toEqual(lists);
  });

  it("only warns when nothing can be written", async () => {
    await writeFile(join(root, "toolyard"), "a file where the folder should be");
    await keep(server());
    expect(warnings.at(-1)).toContain("cannot be kept");
  });

  it("ends with the last of many writes, and with nothing lost between lists and era", async () => {
    const cache = open();
    for (let count = 0; count < 20; count++) cache.write(server(), { ...lists, tools: Array.from({ length: count }, () => null) });
    cache.remember(server(), "modern", "2026-07-28");
    cache.write(server(), lists);
    await cache.flush();
    cache.remember(server(), "legacy", "2025-11-25");
    await cache.flush();
    const later = open();
    expect(await later.read(server())).toEqual(lists);
    expect(later.recall(server())).toBe("legacy");
    expect(await readdir(folder)).toHaveLength(1);
  });

  it("keeps a bounded number of old configurations of a server", async () => {
    for (let count = 0; count < 20; count++) await keep(server({ args: [String(count)] }));
    await keep(server({}, "other"));
    expect(await readdir(folder)).toHaveLength(17);
    expect(await open().read(server({ args: ["19"] }))).toEqual(lists);
  });
});

describe("the remembered era", () => {
  const legacy = ["legacy", "2025-11-25"] as const;

  async function recalled(): Promise<string | undefined> {
    const cache = open();
    await cache.read(server());
    return cache.recall(server());
  }

  async function remember(era: "legacy" | "modern", version: string): Promise<void> {
    const cache = open();
    await cache.read(server());
    cache.remember(server(), era, version);
    await cache.flush();
  }

  it("is known at the next start, before any list is", async () => {
    await remember("modern", "2026-07-28");
    expect(await recalled()).toBe("modern");
    expect(await open().read(server())).toBeUndefined();
  });

  it("is forgotten after a day when it was legacy, and never when it was modern", async () => {
    await remember(...legacy);
    now += 23 * HOUR;
    expect(await recalled()).toBe("legacy");
    now += 2 * HOUR;
    expect(await recalled()).toBeUndefined();
    await remember("modern", "2026-07-28");
    now += 10_000 * HOUR;
    expect(await recalled()).toBe("modern");
  });

  it("does not grow younger by being used", async () => {
    await remember(...legacy);
    now += 23 * HOUR;
    await remember(...legacy);
    now += 2 * HOUR;
    expect(await recalled()).toBeUndefined();
    await remember(...legacy);
    expect(await recalled()).toBe("legacy");
  });

  it("holds for the process even where nothing is cached on disk", () => {
    const cache = open();
    const uncached = server({ cache: false });
    cache.remember(uncached, ...legacy);
    expect(cache.recall(uncached)).toBe("legacy");
  });
});
