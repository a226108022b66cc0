import { expect, it } from "vitest";
import { Body } from "../../base/body.ts";
import type { Call } from "../../base/call.ts";
import { OpenLinks } from "./open-links.ts";

function call(told: string[], client: string): Call {
  const caller = { identity: "local", era: "legacy", protocolVersion: "2025-11-25", capabilities: {} } as const;
  const completed = (server: string, id: string): void => void told.push(`${client} ${server} ${id}`);
  return { method: "tools/call", params: Body.empty, caller, completed };
}

it("all who were led to a link hear of its end, once, and of no other", () => {
  const told: string[] = [];
  const links = new OpenLinks("crm");
  const [a, b] = [call(told, "a"), call(told, "b")];
  for (const each of [a, a, b]) links.expect("1", each);
  links.expect("2", b);
  links.expect(undefined, a);
  links.expect("3", undefined);
  for (const id of ["1", "1", "3", 7, undefined]) links.complete(id);
  expect(told).toEqual(["a crm 1", "b crm 1"]);
});

it("the oldest of too many is forgotten", () => {
  const told: string[] = [];
  const links = new OpenLinks("crm");
  for (let nth = 0; nth <= 1_000; nth++) links.expect(`id ${nth}`, call(told, "a"));
  for (const id of ["id 0", "id 1"]) links.complete(id);
  expect(told).toEqual(["a crm id 1"]);
});
