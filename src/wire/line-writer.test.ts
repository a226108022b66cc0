import { once } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { LineWriter } from "./line-writer.ts";

/** A stream that keeps what each of its writes brought. */
function recorder(): { stream: Writable; writes: string[] } {
  const writes: string[] = [];
  const keep = (chunks: readonly Buffer[], done: () => void): void => {
    writes.push(Buffer.concat(chunks).toString());
    done();
  };
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => keep([chunk], done),
    writev: (chunks, done) =>
      keep(
        chunks.map(({ chunk }) => chunk as Buffer),
        done,
      ),
  });
  return { stream, writes };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("LineWriter", () => {
  it("writes all lines of one turn at once, in their order", async () => {
    const { stream, writes } = recorder();
    const lines = new LineWriter(stream);
    for (const text of ["a", "b", "c"]) expect(lines.write(Buffer.from(text))).toBe(true);
    expect(lines.length).toBe(6);
    await turn();
    expect(writes).toEqual(["a\nb\nc\n"]);
    lines.write(Buffer.from("d"));
    await turn();
    expect(writes).toEqual(["a\nb\nc\n", "d\n"]);
    expect(lines.length).toBe(0);
  });

  it("keeps the order where a large line goes out at once", async () => {
    const { stream, writes } = recorder();
    const lines = new LineWriter(stream);
    const large = "x".repeat(300_000);
    lines.write(Buffer.from("small"));
    lines.write(Buffer.from(large));
    expect(writes.join("")).toBe(`small\n${large}\n`);
    lines.write(Buffer.from("last"));
    await turn();
    expect(writes.join("")).toBe(`small\n${large}\nlast\n`);
  });

  it("has handed over everything after a flush, and takes nothing once its stream has ended", async () => {
    const stream = new PassThrough();
    const lines = new LineWriter(stream);
    lines.write(Buffer.from("a"));
    lines.flush();
    stream.end();
    expect(lines.write(Buffer.from("b"))).toBe(false);
    const seen: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => seen.push(chunk));
    await once(stream, "end");
    expect(Buffer.concat(seen).toString()).toBe("a\n");
  });

  it("drops what waits for a stream that broke meanwhile", async () => {
    const stream = new PassThrough();
    stream.on("error", () => {});
    const lines = new LineWriter(stream);
    lines.write(Buffer.from("a"));
    stream.destroy(new Error("gone"));
    await turn();
    expect(lines.write(Buffer.from("b"))).toBe(false);
    expect(lines.length).toBe(0);
  });
});
