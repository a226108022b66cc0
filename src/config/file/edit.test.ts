import fc from "fast-check";
import { parse } from "jsonc-parser";
import { describe, expect, it } from "vitest";
import { addServer, type ConfigEdit, disableServer, enableServer, removeServer } from "./edit.ts";

const FILE = `{
  // mine
  "mcpServers": {
    "a": { "command": "a" }, // first
    /* second */
    "b": { "command": "b", "disabled": true } // last
    // the end
  },
  "naming": { "separator": "_" }
}
`;

const entry = { command: "npx", args: ["x"] };

describe("addServer", () => {
  it("puts a server at the end, behind the comments, in the form of the file", () => {
    expect(addServer("c", entry)(FILE)).toBe(
      FILE.replace(
        "true } // last\n    // the end\n",
        `true }, // last\n    // the end\n    "c": {\n      "command": "npx",\n      "args": [\n        "x"\n      ]\n    }\n`,
      ),
    );
  });

  it.each([
    ["no servers", "{}", { c: entry }],
    ["an empty file of servers", '{ "mcpServers": {} }', { c: entry }],
    ["one line", '{ "mcpServers": { "a": {} } }', { a: {}, c: entry }],
    ["a trailing comma", '{ "mcpServers": { "a": {}, } }', { a: {}, c: entry }],
    ["a trailing comma behind a comment", '{ "mcpServers": { "a": {} /* , */ , // x\n } }', { a: {}, c: entry }],
    ["a comment with a comma", '{ "mcpServers": { "a": {} /* , */ } }', { a: {}, c: entry }],
    ["line comments with commas", '{ "mcpServers": { "a": {} // x, y\n // , */ ,\n } }', { a: {}, c: entry }],
    ["all sorts of comments", '{ "mcpServers": { "a": {} /* a */ // */ , \n /* ** , */ } }', { a: {}, c: entry }],
    ["a comment on the last line", '{ "mcpServers": { "a": {} // x\n } }', { a: {}, c: entry }],
  ])("works with %s", (_what, text, expected) => {
    const after = addServer("c", entry)(text);
    const errors: never[] = [];
    expect((parse(after, errors, { allowTrailingComma: true }) as { mcpServers: unknown }).mcpServers).toEqual(expected);
    expect(errors).toEqual([]);
  });

  it("keeps tabs, line ends and a byte order mark", () => {
    const text = '\uFEFF{\r\n\t"mcpServers": {\r\n\t\t"a": {}\r\n\t}\r\n}\r\n';
    expect(addServer("c", { command: "x" })(text)).toBe(
      '\uFEFF{\r\n\t"mcpServers": {\r\n\t\t"a": {},\r\n\t\t"c": {\r\n\t\t\t"command": "x"\r\n\t\t}\r\n\t}\r\n}\r\n',
    );
  });

  it("replaces only when told to, and in place", () => {
    expect(() => addServer("a", entry)(FILE)).toThrow('There is a server "a" already.');
    const after = addServer("a", { command: "new" }, { replace: true })(FILE);
    expect(Object.keys((parse(after) as { mcpServers: object }).mcpServers)).toEqual(["a", "b"]);
    expect(after).toContain("// first");
  });
});

describe("removeServer", () => {
  it.each([
    ["the first, with its comma", "a", FILE, FILE.replace('    "a": { "command": "a" }, // first\n', "    // first\n")],
    [
      "the last, with the comma before it",
      "b",
      FILE,
      FILE.replace('"a" }, //', '"a" } //').replace('    "b": { "command": "b", "disabled": true } // last\n', "    // last\n"),
    ],
    ["a line", "b", '{\n  "mcpServers": {\n    "a": {},\n    "b": {}\n  }\n}', '{\n  "mcpServers": {\n    "a": {}\n  }\n}'],
    ["several lines", "a", '{\n  "mcpServers": {\n    "a": {\n    },\n    "b": {}\n  }\n}', '{\n  "mcpServers": {\n    "b": {}\n  }\n}'],
    ["the only one", "a", '{ "mcpServers": { "a": {} } }', '{ "mcpServers": { } }'],
    ["the first of a line", "a", '{ "mcpServers": { "a": {}, "b": {} } }', '{ "mcpServers": { "b": {} } }'],
    ["the last of a line", "b", '{ "mcpServers": { "a": {}, "b": {} } }', '{ "mcpServers": { "a": {} } }'],
    ["with a trailing comma", "b", '{ "mcpServers": { "a": {}, "b": {}, } }', '{ "mcpServers": { "a": {}, } }'],
  ])("%s", (_what, name, before, after) => {
    expect(removeServer(name)(before)).toBe(after);
  });

  it("names the nearest server when there is none", () => {
    expect(() => removeServer("githib")('{ "mcpServers": { "github": {} } }')).toThrow(
      'There is no server "githib". Did you mean "github"?',
    );
    expect(() => removeServer("a")("{}")).toThrow('There is no server "a".');
  });
});

describe("enableServer and disableServer", () => {
  const flagsOf = (text: string, name: string): unknown => (parse(text) as { mcpServers: Record<string, object> }).mcpServers[name];

  it("set and lift the one key", () => {
    expect(flagsOf(disableServer("a")(FILE), "a")).toEqual({ command: "a", disabled: true });
    expect(flagsOf(enableServer("b")(FILE), "b")).toEqual({ command: "b" });
    expect(disableServer("b")(FILE)).toBe(FILE);
    expect(enableServer("a")(FILE)).toBe(FILE);
  });

  it("lift what other hosts call it", () => {
    expect(enableServer("a")('{ "mcpServers": { "a": { "enabled": false } } }')).toBe('{ "mcpServers": { "a": { } } }');
  });

  it("give back the file when both are done", () => {
    expect(enableServer("a")(disableServer("a")(FILE))).toBe(FILE);
  });
});

describe("any run of edits", () => {
  const name = fc.constantFrom("a", "b", "c", "d d", 'e"');
  const edit = fc.oneof(
    name.map((server): [string, ConfigEdit] => [`add ${server}`, addServer(server, entry, { replace: true })]),
    name.map((server): [string, ConfigEdit] => [`remove ${server}`, removeServer(server)]),
    name.map((server): [string, ConfigEdit] => [`disable ${server}`, disableServer(server)]),
    name.map((server): [string, ConfigEdit] => [`enable ${server}`, enableServer(server)]),
  );

  it("leaves valid text with the servers that a plain object would have", () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 8 }), (edits) => {
        let text = FILE;
        const model = new Map<string, object>(Object.entries((parse(FILE) as { mcpServers: Record<string, object> }).mcpServers));
        for (const [what, apply] of edits) {
          const [verb, ...rest] = what.split(" ");
          const server = rest.join(" ");
          const before = model.get(server);
          if (verb !== "add" && before === undefined) {
            expect(() => apply(text)).toThrow("There is no server");
            continue;
          }
          text = apply(text);
          const enabled: { disabled?: boolean } = { ...before };
          delete enabled.disabled;
          if (verb === "add") model.set(server, entry);
          if (verb === "remove") model.delete(server);
          if (verb === "enable") model.set(server, enabled);
          if (verb === "disable") model.set(server, { ...enabled, disabled: true });
        }
        const errors: never[] = [];
        const value = parse(text, errors) as { mcpServers: object; naming: object };
        expect([value.mcpServers, value.naming, errors]).toEqual([Object.fromEntries(model), { separator: "_" }, []]);
        expect(text).toContain("// mine");
      }),
    );
  });
});
