import { describe, expect, it } from "vitest";
import { Secret } from "../../base/secret.ts";
import { readEnvelope, type Envelope } from "../../wire/envelope.ts";
import type { LinkEvents } from "./link.ts";
import { excerptOf, redacted, redactorFor } from "./redact.ts";

const withSecrets = (...values: string[]): { secrets: Secret[] } => ({ secrets: values.map((value) => new Secret(value)) });

describe("redactorFor", () => {
  it("masks secrets wherever they stand, a bearer token also without its scheme", () => {
    const redact = redactorFor(withSecrets("Bearer tok-12345"));
    expect(redact("got tok-12345, and Bearer tok-12345; visible-value")).toBe("got [secret], and [secret]; visible-value");
  });

  it("masks what is left of a secret where the text was cut off", () => {
    const redact = redactorFor(withSecrets("tok-1234567890"));
    expect(redact("words, then tok-123", "end")).toBe("words, then [secret]");
    expect(redact("567890 and tok-1234567890, more", "start")).toBe("[secret] and [secret], more");
    expect(redact("words, then tok-123")).toBe("words, then tok-123");
    expect([redact("to", "end"), redact("90", "start"), redact("", "end")]).toEqual(["to", "90", ""]);
    const long = Buffer.from(`${"x".repeat(10)}tok-1234567890${"y".repeat(10)}`);
    for (let limit = 11; limit < long.length; limit++) expect(excerptOf(long, limit, redact)).not.toMatch(/tok|567/);
  });

  it("masks what others make of it", () => {
    const redact = redactorFor(withSecrets("Bearer tok-12345"));
    for (const encoding of ["base64", "base64url", "hex"] as const) {
      expect(redact(`it was ${Buffer.from("tok-12345").toString(encoding)}!`)).toBe("it was [secret]!");
    }
  });

  it("leaves words alone that a short value happens to be", () => {
    expect(redactorFor(withSecrets("on"))("one on one")).toBe("one on one");
  });
});

describe("redacted", () => {
  const redact = redactorFor(withSecrets('tok-"12345"'));

  function through(sent: string): Envelope {
    const got: Envelope[] = [];
    const events = { message: (envelope: Envelope) => got.push(envelope) } as unknown as LinkEvents;
    redacted(events, redact).message(readEnvelope(Buffer.from(sent)), undefined);
    return got[0] ?? expect.unreachable();
  }

  it("masks what an error repeats, in its message and anywhere in its data", () => {
    const data = JSON.stringify({ headers: [{ authorization: 'tok-"12345"' }], n: 1 });
    const { error } = through(`{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"bad tok-\\"12345\\"","data":${data}}}`);
    expect(error).toEqual({ code: -1, message: "bad [secret]", data: { headers: [{ authorization: "[secret]" }], n: 1 } });
  });

  it("leaves out data that nobody could be given, and lets results pass", () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect(through(`{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"x","data":${deep}}}`).error?.data).toBeUndefined();
    expect(through('{"jsonrpc":"2.0","id":1,"result":{"text":"tok-12345"}}').result?.value).toEqual({ text: "tok-12345" });
  });
});
