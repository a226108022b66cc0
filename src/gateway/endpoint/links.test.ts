import { expect, it } from "vitest";
import { Body } from "../../base/body.ts";
import { Links } from "./links.ts";

const setUp = (): { links: Links; show: (server: string, id: string) => unknown; told: unknown[] } => {
  const told: unknown[] = [];
  const links = new Links((news) => told.push((JSON.parse(news.toString()) as { params: { elicitationId: string } }).params.elicitationId));
  const show = (server: string, elicitationId: string): unknown => links.shown(server, Body.of({ elicitationId })).get("elicitationId");
  return { links, show, told };
};

it("two servers may use the same id; each end is told once, by the id that the client knows", () => {
  const { links, show, told } = setUp();
  const [first, second] = [show("a", "1"), show("b", "1")];
  expect(first).toBe("1");
  expect(second).not.toBe("1");
  expect(show("b", "1")).toBe(second);
  for (const server of ["b", "a", "a", "c"]) links.completed(server, "1");
  expect(told).toEqual([second, "1"]);
});

it("what is no link stays as it is", () => {
  const { links } = setUp();
  const form = Body.of({ message: "?" });
  expect(links.shown("a", form)).toBe(form);
  const error = { code: -32602, message: "no", data: { elicitations: [{ url: "x" }] } };
  expect(links.shownError("a", error)).toBe(error);
  const other = { code: -32042, message: "no", data: "none" };
  expect(links.shownError("a", other)).toBe(other);
});

it("the oldest of too many is forgotten", () => {
  const { links, show, told } = setUp();
  for (let nth = 0; nth <= 1_000; nth++) show("a", `id ${nth}`);
  for (const id of ["id 0", "id 1", "id 1000"]) links.completed("a", id);
  expect(told).toEqual(["id 1", "id 1000"]);
});
