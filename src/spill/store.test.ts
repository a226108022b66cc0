import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import { systemClock, type Clock } from "../base/clock.ts";
import type { JsonValue } from "../base/json.ts";
import { parseQuery, type Query } from "./query.ts";
import { SpillStore, type Owner, type SpillLimits } from "./store.ts";

const anna: Owner = { identity: "anna", view: "{}" };
const MOST = 32 * 1024;
const HOUR = 3_600_000;

/** The system's, and what it is told to be later. */
class MovableClock implements Clock {
  ahead = 0;
  readonly #due = new Map<() => void, number>();

  now(): number {
    return Date.now() + this.ahead;
  }

  after(ms: number, action: () => void): () => void {
    const cancel = systemClock.after(ms, action);
    this.#due.set(action, this.now() + ms);
    return () => {
      cancel();
      this.#due.delete(action);
    };
  }

  /** Runs what is due by then. */
  move(ms: number): void {
    this.ahead += ms;
    for (const [action, at] of this.#due) if (at <= this.now()) action();
  }
}

describe("the store of large results", () => {
  const clock = new MovableClock();
  let folder: string;
  const stores: SpillStore[] = [];
  const open = (limits: Partial<SpillLimits> = {}): SpillStore => {
    const store = new SpillStore({ folder: join(folder, "spill"), clock, limits });
    stores.push(store);
    return store;
  };
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "toolyard-spill-"))));
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  const files = (): string[] =>
    existsSync(join(folder, "spill")) ? readdirSync(join(folder, "spill"), { recursive: true }).map(String) : [];

  it("keeps a text exactly, for its owner alone, in files that nobody else can read", async () => {
    const store = open();
    const text = "ä\n".repeat(50_000);
    const { handle, told } = await keep(store, {
      content: [
        { type: "text", text },
        { type: "text", text: "small" },
      ],
    });
    expect(told.map((block) => block.slice(0, 5))).toEqual(["small", "The t"]);
    expect(await wholeOf(store, handle, anna)).toBe(text);
    for (const other of [
      { ...anna, identity: "bert" },
      { ...anna, view: '{"toolset":"x"}' },
    ]) {
      await expect(store.read(query({ handle }), other, MOST)).rejects.toMatchObject({
        code: "RESULT_UNKNOWN",
        message: "There is no result with this handle.",
      });
    }
    const [process = "", file = ""] = files();
    expect(statSync(join(folder, "spill", process)).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "spill", file)).mode & 0o777).toBe(0o600);
    await store.close();
    expect(files()).toEqual([]);
  });

  it("keeps what UTF-8 cannot write, and what is no text, as it came", async () => {
    const store = open();
    const surrogates = Body.from(Buffer.from(`{"content":[{"type":"text","text":"${"\\ud800".repeat(2_000)}"}]}`));
    const garbage = Body.from(
      Buffer.concat([Buffer.from('{"content":[{"type":"text","text":"'), Buffer.alloc(5_000, 0xff), Buffer.from('"}]}')]),
    );
    const image = Body.of({ content: [{ type: "image", mimeType: "image/png", data: "QUJD".repeat(2_000) }] });
    const found = await Promise.all([surrogates, garbage, image].map((result) => store.keep(result, anna, 4_000)));
    const handles = found.map((kept) => handleIn(kept?.content));
    expect(await wholeOf(store, handles[0] ?? "", anna)).toBe(surrogates.member("content")?.bytes.toString().slice(1, -1));
    const read = await store.read(query({ handle: handles[1] ?? "", offset: 100, length: 30 }), anna, MOST);
    expect([read.about, Buffer.from(read.text, "base64")]).toEqual([expect.stringContaining("in base64"), Buffer.alloc(30, 0xff)]);
    expect(JSON.stringify(found[2]?.content)).toContain("image image/png of 7.9 KB");
    expect((await store.read(query({ handle: handles[2] ?? "", pointer: "/data" }), anna, MOST)).text).toBe("QUJD".repeat(2_000));
  });

  it("keeps structured content beside its text, and says where they are the same", async () => {
    const rows = Array.from({ length: 2_000 }, (_, id) => ({ id }));
    const store = open();
    const { kept } = await keep(store, { content: [{ type: "text", text: JSON.stringify({ rows }) }], structuredContent: { rows } });
    expect([kept.structured, kept.parts.length, JSON.stringify(kept.content)]).toEqual([
      true,
      2,
      expect.stringContaining("The same as part 1."),
    ]);
  });

  it("has nothing to keep of what is no result yet", async () => {
    expect(
      await open().keep(Body.of({ resultType: "input_required", inputRequests: { a: "x".repeat(9_000) } }), anna, 4_000),
    ).toBeUndefined();
  });

  it("takes many at once, and each stays itself", async () => {
    const store = open();
    const texts = Array.from({ length: 12 }, (_, index) => `${index} `.repeat(100_000));
    const handles = await Promise.all(texts.map(async (text) => (await keep(store, { content: [{ type: "text", text }] })).handle));
    expect(new Set(handles).size).toBe(12);
    for (const [index, handle] of handles.entries()) {
      const { text } = await store.read(query({ handle, offset: 1_000, length: 12 }), anna, MOST);
      expect(text).toBe(texts[index]?.slice(1_000, 1_012));
    }
  });

  it("lets the oldest go where there are too many, and says so", async () => {
    const store = open({ perIdentity: 250_000, total: 350_000 });
    const large = { content: [{ type: "text", text: "x".repeat(100_000) }] };
    const [first, second, third] = [await keep(store, large), await keep(store, large), await keep(store, large)];
    await expect(store.read(query({ handle: first.handle }), anna, MOST)).rejects.toThrow(
      "It made room for newer results: 244.1 KB of one caller are kept.",
    );
    expect((await store.read(query({ handle: second.handle, length: 3 }), anna, MOST)).text).toBe("xxx");
    const bert = { ...anna, identity: "bert" };
    await keep(store, large, bert);
    await keep(store, large, bert);
    await expect(store.read(query({ handle: second.handle }), anna, MOST)).rejects.toThrow("of all callers");
    expect((await store.read(query({ handle: third.handle, length: 3 }), anna, MOST)).text).toBe("xxx");
    await expect(keep(store, { content: [{ type: "text", text: "x".repeat(300_000) }] })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
  });

  it("lets go what is older than an hour, and says so", async () => {
    const store = open();
    const { handle } = await keep(store, { content: [{ type: "text", text: "x".repeat(9_000) }] });
    clock.move(HOUR - 60_000);
    expect((await store.read(query({ handle, length: 1 }), anna, MOST)).text).toBe("x");
    clock.move(60_001);
    await expect(store.read(query({ handle }), anna, MOST)).rejects.toMatchObject({
      code: "RESULT_UNKNOWN",
      message: expect.stringContaining("expired"),
    });
    await expect.poll(() => files().length).toBe(1);
  });

  it("ends a pattern that never would, and goes on", async () => {
    const store = open();
    const { handle } = await keep(store, { content: [{ type: "text", text: `${"a".repeat(50_000)}!` }] });
    const startedAt = performance.now();
    await expect(store.read(query({ handle, regex: "^(a+)+$" }), anna, MOST)).rejects.toThrow("The pattern took longer than 100 ms.");
    expect(performance.now() - startedAt).toBeLessThan(3_000); // 100 ms, and a thread's end on a busy machine
    expect((await store.read(query({ handle, search: "!" }), anna, MOST)).about).toContain("of 1.");
  });

  it("says when it cannot write, and leaves nothing", async () => {
    mkdirSync(join(folder, "spill"));
    writeFileSync(join(folder, "spill", "x"), "");
    const store = new SpillStore({ folder: join(folder, "spill", "x"), clock });
    stores.push(store);
    await expect(keep(store, { content: [{ type: "text", text: "x".repeat(9_000) }] })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
  });

  it("removes what a process that is no more has left, and what another's owner forgot", async () => {
    const left = join(folder, "spill", "999999999-0123456789ab");
    const reused = join(folder, "spill", `${process.pid}-0123456789ab`);
    const alive = join(folder, "spill", `${process.ppid}-0123456789ab`);
    for (const each of [left, reused, alive]) {
      mkdirSync(each, { recursive: true });
      writeFileSync(join(each, "r_x"), "x");
    }
    chmodSync(alive, 0o700);
    const store = open();
    const { handle } = await keep(store, { content: [{ type: "text", text: "x".repeat(9_000) }] });
    await open().sweep();
    expect([existsSync(left), existsSync(reused), existsSync(join(alive, "r_x"))]).toEqual([false, false, true]);
    expect((await store.read(query({ handle, length: 1 }), anna, MOST)).text).toBe("x");
  });
});

function query(given: Record<string, JsonValue>): Query {
  return parseQuery(Body.of(given));
}

async function keep(store: SpillStore, result: Record<string, JsonValue>, owner: Owner = anna) {
  const kept = await store.keep(Body.from(Buffer.from(JSON.stringify(result))), owner, 4_000);
  if (kept === undefined) throw new Error("Nothing was kept.");
  return { kept, handle: handleIn(kept.content), told: kept.content.map((block) => (block as { text: string }).text) };
}

function handleIn(content: readonly JsonValue[] | undefined): string {
  return /r_[\w-]{22}/.exec(JSON.stringify(content))?.[0] ?? "";
}

/** Part 1, piece by piece. */
async function wholeOf(store: SpillStore, handle: string, owner: Owner): Promise<string> {
  const pieces: string[] = [];
  for (let offset = 0; ;) {
    const { text, about } = await store.read(query({ handle, offset }), owner, MOST);
    pieces.push(text);
    const next = /"offset": (\d+)/.exec(about)?.[1];
    if (next === undefined) return pieces.join("");
    offset = Number(next);
  }
}
