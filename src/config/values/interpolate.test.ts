import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expand, type Lookup } from "./interpolate.ts";

const VALUES: Readonly<Record<string, string>> = {
  "env:TOKEN": "t0ken",
  "env:EMPTY": "",
  "env:SLY": "${env:TOKEN} $${x} ${",
  "file:/run/key": "filed",
  "file:a b.txt": "spaced",
  "secret:crm": "s3cret",
  "secret:a.b-c": "dotted",
  "input:who": "me",
};

const lookup: Lookup = (source, name) => {
  const value = VALUES[`${source}:${name}`];
  return value === undefined ? { says: `lacks ${source} ${name}.`, mend: "Give it." } : { value };
};

describe("expand", () => {
  it.each([
    ["plain", "plain"],
    ["${env:TOKEN}", "t0ken"],
    ["${TOKEN}", "t0ken"],
    ["Bearer ${TOKEN}!", "Bearer t0ken!"],
    ["${TOKEN}${TOKEN}", "t0kent0ken"],
    ["${file:/run/key}", "filed"],
    ["${file:a b.txt}", "spaced"],
    ["${secret:crm}", "s3cret"],
    ["${secret:a.b-c}", "dotted"],
    ["${input:who}", "me"],
    ["${env:EMPTY}", ""],
    ["${env:NONE:-other}", "other"],
    ["${NONE:-other}", "other"],
    ["${NONE:-}", ""],
    ["${NONE:-a:-b}", "a:-b"],
    ["${EMPTY:-other}", "other"],
    ["${TOKEN:-other}", "t0ken"],
    ["${NONE:-https://x/mcp?a=1}", "https://x/mcp?a=1"],
    ["$${TOKEN}", "${TOKEN}"],
    ["$${", "${"],
    ["$TOKEN", "$TOKEN"],
    ["$$TOKEN", "$$TOKEN"],
    ["{TOKEN}", "{TOKEN}"],
    ["%TOKEN%", "%TOKEN%"],
    ["a } b $ c", "a } b $ c"],
  ])("%s becomes %s", (text, expected) => {
    expect(expand(text, lookup)).toMatchObject({ text: expected, lacks: [] });
  });

  it("never reads what it has put in", () => {
    expect(expand("${SLY}", lookup)).toMatchObject({ text: "${env:TOKEN} $${x} ${", lacks: [] });
  });

  it.each([
    "${",
    "${TOKEN",
    "${}",
    "${ TOKEN }",
    "${1X}",
    "${a.b}",
    "${env:}",
    "${op:item}",
    "${NONE:-${TOKEN}}",
    "${secret:../x}",
    "${secret:a/b}",
    "${input:}",
    "${env:A-B}",
  ])("complains about %s", (text) => {
    expect(expand(text, lookup).lacks[0]?.says).toBe('holds a "${" that begins no placeholder.');
  });

  it("names what is missing, all of it", () => {
    const { lacks } = expand("${NONE} ${secret:gone}", lookup);
    expect(lacks.map(({ says }) => says)).toEqual(["lacks env NONE.", "lacks secret gone."]);
  });

  it("tells what came from outside, but not a default", () => {
    const { taken } = expand("${TOKEN} ${NONE:-d} ${secret:crm}", lookup);
    expect(taken).toEqual([
      { source: "env", name: "TOKEN", value: "t0ken" },
      { source: "secret", name: "crm", value: "s3cret" },
    ]);
  });

  it("leaves a text without ${ as it is", () => {
    const plain = fc.string().filter((text) => !text.includes("${"));
    fc.assert(fc.property(plain, (text) => expand(text, lookup).text === text));
  });

  it("gives back any text whose ${ were written as $${", () => {
    const anyText = fc.array(fc.constantFrom("${", "}", "TOKEN", "env:", ":-", "x", " ", "{", "\n")).map((parts) => parts.join(""));
    fc.assert(
      fc.property(anyText, (text) => {
        expect(
          expand(
            text.replaceAll("${", () => "$${"),
            lookup,
          ),
        ).toMatchObject({ text, lacks: [], taken: [] });
      }),
    );
  });

  it("puts any value in as it is, once", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (value, rest) => {
        const after = rest.replaceAll("$", "");
        expect(expand(`\${X}${after}`, () => ({ value })).text).toBe(value + after);
      }),
    );
  });
});
