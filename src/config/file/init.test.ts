import { expect, it } from "vitest";
import { parseConfigText } from "../load.ts";
import { addServer } from "./edit.ts";
import { starterConfig } from "./init.ts";

const starter = starterConfig("file:///a $& b/toolyard.schema.json");

/** The entry that the file shows in comments, made a part of it. */
const shown = starter.replaceAll(/^( *)\/\/ ( *["}].*)$/gm, "$1$2").replace('"disabled": true\n    }\n', '"disabled": true\n    },\n');

it.each([
  ["as it is", starter, ["memory", "files"]],
  ["with the entry that it shows", shown, ["memory", "files", "crm"]],
  ["with one added", addServer("new", { command: "x" })(starter), ["memory", "files", "new"]],
])("the starter file is valid %s", (_what, text, names) => {
  const { servers, rejected } = parseConfigText(text, "toolyard.json", { env: { CRM_TOKEN: "t", HOME: "/home/me" } });
  expect([...rejected.values()]).toEqual([]);
  expect([...servers.keys()]).toEqual(names);
  expect([...servers.values()].filter(({ disabled }) => disabled).map(({ name }) => name)).toEqual(["files"]);
});

it("names the schema", () => {
  expect(starter).toContain('"$schema": "file:///a $& b/toolyard.schema.json",');
});
