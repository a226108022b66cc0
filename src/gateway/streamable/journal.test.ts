import { describe, expect, it } from "vitest";
import { Journal, type Sink, type StreamRecord } from "./journal.ts";

const message = (text: string): Buffer => Buffer.from(JSON.stringify(text));
const idOf = (event: Buffer): string => /^id: (.*)\n/.exec(event.toString("utf8"))?.[1] ?? "";
const dataOf = (events: readonly Buffer[] | undefined): unknown[] | undefined =>
  events?.map((event) => JSON.parse(/data: (.*)\n/.exec(event.toString("utf8"))?.[1] ?? "null"));

class Reader implements Sink {
  isOpen = true;
  readonly got: string[] = [];
  readonly #record: StreamRecord;

  constructor(record: StreamRecord) {
    this.#record = record;
    record.attach(this);
  }

  send(each: Buffer): boolean {
    this.got.push(idOf(this.#record.frame(each)));
    return true;
  }

  end(last?: Buffer): void {
    if (last !== undefined) this.send(last);
    this.isOpen = false;
  }
}

describe("a stream that is recorded", () => {
  it("gives what came after an event, also what came while nobody read", () => {
    const record = new Journal().open("call");
    const first = idOf(record.prime());
    const reader = new Reader(record);
    record.send(message("a"), false);
    reader.isOpen = false;
    expect(record.send(message("progress"), true)).toBe(true);
    expect(record.send(message("question"), false)).toBe(false);
    record.end(message("answer"));
    expect(first).toMatch(/-1$/);
    expect(dataOf(record.after(1))).toEqual(["a", "progress", "answer"]);
    expect(dataOf(record.after(2))).toEqual(["progress", "answer"]);
    expect([record.after(4), record.after(9)]).toEqual([[], undefined]);
  });

  it("is read on the newest connection alone", () => {
    const record = new Journal().open("call");
    const [old, fresh] = [new Reader(record), new Reader(record)];
    record.send(message("a"), false);
    expect([old.isOpen, old.got, fresh.got.length]).toEqual([false, [], 1]);
  });

  it("keeps so many events, and so much of them", () => {
    const record = new Journal().open("call");
    for (let nth = 0; nth < 300; nth++) record.keep(message(String(nth)));
    expect(record.after(43)).toBeUndefined();
    expect(dataOf(record.after(44))).toHaveLength(256);
    record.keep(message("x".repeat(600_000)));
    record.keep(message("y".repeat(600_000)));
    expect(dataOf(record.after(301))).toHaveLength(1);
    expect(record.after(300)).toBeUndefined();
  });
});

describe("a journal", () => {
  it("finds a stream by an event of it, and says which call's is gone", () => {
    const journal = new Journal();
    const record = journal.open("call");
    const id = idOf(record.frame(message("a")));
    expect(journal.find(id)).toEqual({ record, number: 1 });
    expect(new Journal().find(id)).toBe("gone");
    const standing = idOf(journal.open("standing").frame(message("b")));
    expect(new Journal().find(standing)).toBeUndefined();
    for (const odd of ["", "x", "call.-1", "-1", `${record.name}-1.5`]) expect(journal.find(odd)).not.toMatchObject({ record });
  });

  it("forgets the oldest of the streams that have ended, and sooner those that were read", () => {
    const journal = new Journal();
    const end = (text: string, isRead: boolean): string => {
      const record = journal.open("call");
      const reader = new Reader(record);
      reader.isOpen = isRead;
      record.end(message(text));
      journal.ended(record);
      return `${record.name}-0`;
    };
    const lost = Array.from({ length: 20 }, () => end("answer", false));
    expect(lost.map((id) => journal.find(id) === "gone")).toEqual([...Array(4).fill(true), ...Array(16).fill(false)]);
    const [large, last] = [end("x".repeat(60_000), true), end("y".repeat(60_000), true)];
    expect([journal.find(large) === "gone", journal.find(last) === "gone"]).toEqual([true, false]);
    expect(journal.find(lost[19] ?? "")).not.toBe("gone");
  });
});
