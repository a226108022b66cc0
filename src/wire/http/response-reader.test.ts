import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResponseReader } from "./response-reader.ts";

interface Seen {
  readonly status: number;
  body: string;
  /** Undefined while it is not whole. */
  reusable?: boolean;
}

/** Reads pieces, then the connection's end; the answers as they were told. */
function read(pieces: readonly Buffer[]): Seen[] {
  const seen: Seen[] = [];
  const last = (): Seen => seen.at(-1) ?? expect.unreachable();
  const reader = new ResponseReader({
    head: ({ status }) => seen.push({ status, body: "" }),
    data: (piece) => (last().body += piece.toString("latin1")),
    done: (reusable) => (last().reusable = reusable),
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return seen;
}

const split = (text: string, at: readonly number[]): Buffer[] => {
  const bytes = Buffer.from(text, "latin1");
  const cuts = [0, ...at.toSorted((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
};

const OK = "HTTP/1.1 200 OK\r\n";
const whole: [string, string, Seen][] = [
  ["a length", `${OK}Content-Length: 5\r\n\r\nhello`, { status: 200, body: "hello", reusable: true }],
  ["an empty body", `${OK}content-length: 0\r\n\r\n`, { status: 200, body: "", reusable: true }],
  ["204 without a length", "HTTP/1.1 204 No Content\r\n\r\n", { status: 204, body: "", reusable: true }],
  ["no reason", "HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx", { status: 200, body: "x", reusable: true }],
  [
    "chunks",
    `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x="y"\r\n0123456789\r\n0\r\n\r\n`,
    { status: 200, body: "abc0123456789", reusable: true },
  ],
  [
    "chunks and trailers",
    `${OK}transfer-encoding: chunked\r\n\r\n1\r\nx\r\n000\r\nA: b\r\nC: d\r\n\r\n`,
    { status: 200, body: "x", reusable: true },
  ],
  [
    "chunks and a length, which then does not count",
    `${OK}content-length: 99\r\ntransfer-encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`,
    { status: 200, body: "x", reusable: true },
  ],
  ["no length", `${OK}\r\nup to the end`, { status: 200, body: "up to the end", reusable: false }],
  ["another coding", `${OK}transfer-encoding: x\r\n\r\nup to the end`, { status: 200, body: "up to the end", reusable: false }],
  ["a last answer", `${OK}Connection: Close\r\ncontent-length: 1\r\n\r\nx`, { status: 200, body: "x", reusable: false }],
  ["HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx", { status: 200, body: "x", reusable: false }],
  [
    "HTTP/1.0 that is kept",
    "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx",
    { status: 200, body: "x", reusable: true },
  ],
  [
    "an announcement before it",
    `HTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${OK}content-length: 1\r\n\r\nx`,
    { status: 200, body: "x", reusable: true },
  ],
  ["too much behind it", `${OK}content-length: 1\r\n\r\nxHTTP/1.1 500 No\r\n\r\n`, { status: 200, body: "x", reusable: false }],
];

describe("ResponseReader", () => {
  it.each(whole)("reads an answer with %s, however it is cut", (_, text, expected) => {
    expect(read(split(text, []))).toEqual([expected]);
    if (!text.includes("500 No")) {
      for (let at = 0; at <= text.length; at++) expect(read(split(text, [at]))).toEqual([expected]);
      expect(
        read(
          split(
            text,
            Array.from(text, (__, at) => at),
          ),
        ),
      ).toEqual([expected]);
    }
  });

  it.each([
    ["no HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
    ["HTTP/2", "HTTP/2 200 OK\r\n\r\n"],
    ["a broken status", "HTTP/1.1 2x0 OK\r\n\r\n"],
    ["a folded header", `${OK}a: b\r\n c\r\n\r\n`],
    ["a header without a name", `${OK}: b\r\n\r\n`],
    ["a header without a colon", `${OK}nothing\r\n\r\n`],
    ["a line break in a header", `${OK}a: b\nc: d\r\n\r\n`],
    ["two lengths", `${OK}content-length: 1\r\ncontent-length: 2\r\n\r\nxx`],
    ["a list of lengths", `${OK}content-length: 1, 1\r\n\r\nx`],
    ["a length that is none", `${OK}content-length: -1\r\n\r\n`],
    ["another protocol", "HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n"],
    ["a chunk without a size", `${OK}transfer-encoding: chunked\r\n\r\nxyz\r\n`],
    ["a chunk that is too long", `${OK}transfer-encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n`],
    ["a chunk line without a carriage return", `${OK}transfer-encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n`],
    ["an endless size", `${OK}transfer-encoding: chunked\r\n\r\n${"1".repeat(20_000)}`],
    ["an endless head", `${OK}${"a: b\r\n".repeat(20_000)}`],
  ])("refuses %s", (_, text) => expect(() => read(split(text, []))).toThrow());

  it("tells of nothing but the head while the body has not come", () => {
    expect(read(split(`${OK}content-length: 3\r\n\r\nab`, []))).toEqual([{ status: 200, body: "ab" }]);
    expect(read(split(`${OK}transfer-encoding: chunked\r\n\r\n2\r\nab\r\n`, []))).toEqual([{ status: 200, body: "ab" }]);
    expect(read(split(OK, []))).toEqual([]);
  });

  it("reads any body in any chunks, cut anywhere", () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(chunks, fc.array(fc.nat(400), { maxLength: 12 }), (parts, cuts) => {
        const texts = parts.map((part) => Buffer.from(part).toString("latin1"));
        const body = texts.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join("");
        const answer = `${OK}transfer-encoding: chunked\r\n\r\n${body}0\r\n\r\n`;
        const inside = cuts.filter((cut) => cut <= answer.length);
        expect(read(split(answer, inside))).toEqual([{ status: 200, body: texts.join(""), reusable: true }]);
      }),
    );
  });

  it("never does worse than refuse", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom("HTTP/1.1 200 OK", "\r\n", ":", "0", "1", "a", "content-length", "transfer-encoding", "chunked", " ", ";"),
          { maxLength: 30 },
        ),
        (words) => {
          try {
            read(split(words.join(""), []));
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        },
      ),
    );
  });
});
