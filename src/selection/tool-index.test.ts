import fc from "fast-check";
import { expect, test } from "vitest";
import type { Section } from "../catalog/item.ts";
import { sectionOf, snapshotFrom } from "./catalog.suite.ts";
import { ToolIndex } from "./tool-index.ts";

const github = sectionOf("github", [
  { name: "create_issue", description: "Opens a new issue in a repository." },
  { name: "list_commits", description: "Lists commits of a branch." },
]);
const mail = sectionOf("mail", [{ name: "send_message", description: "Sends a mail to people." }]);

function indexOf(...sections: readonly Section[]): ToolIndex {
  const index = new ToolIndex();
  index.apply(snapshotFrom(...sections));
  return index;
}

const names = (index: ToolIndex, query: string): string[] => index.search(query).map(({ name }) => name);

test("the tool that says it comes first", () => {
  const index = indexOf(github, mail);
  expect(names(index, "creating issues")[0]).toBe("github__create_issue");
  expect(names(index, "list the commits of a branch")[0]).toBe("github__list_commits");
  expect(names(index, "mail somebody")).toEqual(["mail__send_message"]);
  expect(names(index, "zzz")).toEqual([]);
});

test("a new state replaces the old one: what is gone is not found, what is new is", () => {
  const index = indexOf(github, mail);
  const changed = sectionOf("github", [{ name: "delete_issue", description: "Removes an issue." }]);
  index.apply(snapshotFrom(changed));
  expect(index.size).toBe(1);
  expect(names(index, "issue")).toEqual(["github__delete_issue"]);
  expect(names(index, "mail")).toEqual([]);
});

test("however a state was reached, it ranks the same", () => {
  const many = Array.from({ length: 40 }, (_, at) => sectionOf(`s${at}`, [{ name: `tool_${at}`, description: `Reads thing ${at % 7}.` }]));
  const walked = new ToolIndex();
  for (let round = 0; round < 60; round++) walked.apply(snapshotFrom(...many.slice(round % 40)));
  walked.apply(snapshotFrom(...many, github));
  const fresh = indexOf(...many, github);
  expect(walked.search("read thing 3 issue")).toEqual(fresh.search("read thing 3 issue"));
});

test("only what may be seen is found, and a tool in use goes before its equal", () => {
  const twins = sectionOf("twins", [
    { name: "read_a", description: "Reads." },
    { name: "read_b", description: "Reads." },
  ]);
  const index = indexOf(twins);
  expect(index.search("read", { only: (name) => name !== "twins__read_a" }).map(({ name }) => name)).toEqual(["twins__read_b"]);
  const usage = ({ origin }: { origin: string }): number => (origin === "read_b" ? 1 : 0);
  expect(index.search("read", { usage })[0]?.name).toBe("twins__read_b");
  expect(index.search("read", { limit: 1 })).toHaveLength(1);
});

test("any text can be indexed and searched for", () => {
  const text = fc.string({ unit: "binary", maxLength: 40 });
  const tool = fc.record({ name: text, description: text, inputSchema: fc.jsonValue() as fc.Arbitrary<never> });
  fc.assert(
    fc.property(fc.array(tool, { maxLength: 8 }), text, (tools, query) => {
      const index = indexOf(sectionOf("any", tools));
      const hits = index.search(query, { only: (name) => name.length % 2 === 0 });
      expect(hits).toEqual(indexOf(sectionOf("any", tools)).search(query, { only: (name) => name.length % 2 === 0 }));
      expect(hits.every(({ name }) => name.length % 2 === 0)).toBe(true);
    }),
  );
});
