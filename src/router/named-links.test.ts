import { expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { JsonValue } from "../base/json.ts";
import { NamedLinks } from "./named-links.ts";

const link = (uri: JsonValue): JsonValue => ({ type: "resource_link", uri });

it("remembers the links of tools and prompts, for those who were shown them", () => {
  const links = new NamedLinks();
  links.note("ann", "a", Body.of({ content: [link("x://1"), { type: "text", text: "x://2" }, link(7), null] }));
  links.note("ann", "b", Body.of({ messages: [{ role: "user", content: link("x://3") }, { role: "user" }] }));
  expect(["x://1", "x://2", "x://3"].map((uri) => links.owner("ann", uri))).toEqual(["a", undefined, "b"]);
  expect(links.owner("bob", "x://1")).toBeUndefined();
  links.note("ann", "b", Body.of({ content: [link("x://1")] }));
  expect(links.owner("ann", "x://1")).toBe("b");
});

it("takes nothing from what is no list of blocks", () => {
  const links = new NamedLinks();
  for (const content of ['"resource_link"', { type: "resource_link", uri: "x://1" }, null]) links.note("ann", "a", Body.of({ content }));
  expect(links.owner("ann", "x://1")).toBeUndefined();
});

it("forgets the oldest of an identity, and the oldest identity", () => {
  const links = new NamedLinks();
  const content = Array.from({ length: 10_001 }, (_, index) => link(`x://${index}`));
  links.note("ann", "a", Body.of({ content }));
  expect([links.owner("ann", "x://0"), links.owner("ann", "x://1")]).toEqual([undefined, "a"]);
  for (let other = 0; other < 1_000; other++) links.note(`other ${other}`, "a", Body.of({ content: [link("x://1")] }));
  expect(links.owner("ann", "x://1")).toBeUndefined();
});
