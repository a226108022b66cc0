import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SSE_COMMENT, SseReader, writeSseEvent } from "./sse.ts";

interface Told {
  event: string;
  data: string;
  id: string | undefined;
  retry: number | undefined;
}

function read(chunks: readonly Buffer[], limit = 1e6): (Told | number)[] {
  const told: (Told | number)[] = [];
  const reader = new SseReader({
    limit,
    event: (event) => told.push({ ...event, data: event.data.toString("utf8") }),
    oversize: (size) => told.push(size),
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return told;
}

/** The same by another reader: events with data, and retry times on their own. */
function oracle(text: string): { events: Omit<Told, "retry">[]; retries: number[] } {
  const events: Omit<Told, "retry">[] = [];
  const retries: number[] = [];
  const parser = createParser({
    onEvent: ({ event = "message", data, id }) => events.push({ event, data, id }),
    onRetry: (retry) => retries.push(retry),
  });
  parser.feed(text);
  return { events, retries };
}

const message = (data: string, more: Partial<Told> = {}): Told => ({ event: "message", data, id: undefined, retry: undefined, ...more });

describe("SseReader", () => {
  it.each<[string, string, Told[]]>([
    ["an event", "data: a\n\n", [message("a")]],
    ["carriage returns as line ends", "data: a\r\rdata: b\r\r", [message("a"), message("b")]],
    ["CRLF line ends", "data: a\r\ndata: b\r\n\r\n", [message("a\nb")]],
    ["all line ends mixed", "data: a\rdata: b\ndata: c\r\n\ndata: d\n\r\n", [message("a\nb\nc"), message("d")]],
    ["a name", "event: endpoint\ndata: /x\n\n", [message("/x", { event: "endpoint" })]],
    ["an empty name", "event\ndata: x\n\n", [message("x")]],
    ["one space taken off", "data:  a\ndata:b\n\n", [message(" a\nb")]],
    ["a colon in the value", "data: a:b\n\n", [message("a:b")]],
    ["comments and unknown fields", ": hello\nfoo: bar\nDATA: no\ndata: a\n:\n\n", [message("a")]],
    ["empty data lines", "data\ndata:\n\n", [message("\n")]],
    ["one empty data line", "data:\n\n", [message("")]],
    ["a priming event with empty data", "id: 7\nretry: 500\ndata:\n\n", [message("", { id: "7", retry: 500 })]],
    ["a priming event without data", "id: 7\n\nretry: 9\n\n", [message("", { id: "7" }), message("", { retry: 9 })]],
    ["an id with NUL and a retry that is no number", "id: a\0b\nretry: 5x\ndata: a\n\n", [message("a")]],
    ["an empty id", "id\ndata: a\n\n", [message("a", { id: "" })]],
    ["an id that stays with its own event", "id: 1\ndata: a\n\ndata: b\n\n", [message("a", { id: "1" }), message("b")]],
    ["a name without data", "event: x\n\ndata: a\n\n", [message("a")]],
    ["an event that is not complete", "data: a\n\nid: 4\ndata: b\n", [message("a")]],
    ["a byte order mark", "\ufeffdata: a\n\ndata: \ufeffb\n\n", [message("a"), message("\ufeffb")]],
    ["characters of many bytes", "data: \u00e4\u{1f600}\n\n", [message("\u00e4\u{1f600}")]],
  ])("reads %s, cut anywhere", (_, text, expected) => {
    const bytes = Buffer.from(text);
    expect(read([bytes])).toEqual(expected);
    for (let cut = 0; cut <= bytes.length; cut++) expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(expected);
    expect(read(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(expected);
  });

  it("reads what eventsource-parser reads, split at every byte", () => {
    const lineEnd = fc.constantFrom("\n", "\r", "\r\n");
    const text = fc.string({ unit: fc.constantFrom("a", " ", ":", "\u00e4", "\u{1f600}", "5") });
    const field = fc.constantFrom("data", "event", "id", "retry", "", "x", "data ");
    const value = fc.oneof(text, fc.constantFrom("5", "500", "{}"));
    const line = fc.oneof(
      fc.tuple(field, fc.constantFrom(":", ": ", ""), value).map((parts) => parts.join("")),
      fc.constant(""),
    );
    const stream = fc.array(fc.tuple(line, lineEnd).map((parts) => parts.join(""))).map((parts) => `${parts.join("")}x\n`);
    fc.assert(
      fc.property(stream, fc.boolean(), (body, marked) => {
        const whole = (marked ? "\ufeff" : "") + body;
        const bytes = Buffer.from(whole);
        const told = read([bytes]) as Told[];
        const { events, retries } = oracle(whole);
        expect(told.filter(hasData).map(({ retry: _, ...one }) => one)).toEqual(events.filter(hasData));
        expect(retries).toEqual(expect.arrayContaining(told.flatMap((one) => one.retry ?? [])));
        for (let cut = 1; cut < bytes.length; cut++) expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(told);
      }),
      { numRuns: 500 },
    );
  });

  it("drops an event over the limit, once, and goes on with the next", () => {
    const text = `data: ok\n\n${"data: 123456789\n".repeat(9)}\ndata: next\n\ndata: ${"x".repeat(99)}\r\n\r\ndata: last\n\ndata: ${"y".repeat(99)}`;
    const bytes = Buffer.from(text);
    const expected = [message("ok"), 114, message("next"), 105, message("last"), 105];
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(read([bytes.subarray(0, cut), bytes.subarray(cut)], 50)).toEqual(expected);
    }
  });

  it("does not count comments that keep the stream alive", () => {
    const beats = Array.from({ length: 100 }, () => Buffer.from(": still here\n"));
    expect(read([Buffer.from("data: a\n"), ...beats, Buffer.from("\n")], 50)).toEqual([message("a")]);
  });
});

const hasData = (one: { readonly data: string }): boolean => one.data !== "";

describe("writeSseEvent", () => {
  it("writes what the reader reads", () => {
    const name = fc.option(fc.string({ unit: fc.constantFrom("a", "b", ":", "\u00e4"), minLength: 1 }), { nil: undefined });
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", " ", ":", "\n", "\r", "\u00e4") }), name, name, (data, id, event) => {
        const bytes = writeSseEvent(Buffer.from(data), { ...(id !== undefined && { id }), ...(event !== undefined && { event }) });
        const expected = message(data.replaceAll(/\r\n?/g, "\n"), { id, event: event ?? "message" });
        expect(read([SSE_COMMENT, bytes, SSE_COMMENT])).toEqual([expected]);
      }),
    );
  });

  it("writes a plain message in one data line", () => {
    expect(writeSseEvent(Buffer.from("{}")).toString()).toBe("data: {}\n\n");
    expect(writeSseEvent(Buffer.from("{}"), { id: "1", event: "message" }).toString()).toBe("id: 1\nevent: message\ndata: {}\n\n");
  });

  it.each(["a\nb", "a\rb", "a\0b"])("refuses the id %j, which would end its line", (id) => {
    expect(() => writeSseEvent(Buffer.from("{}"), { id })).toThrow(/line break/);
  });
});
