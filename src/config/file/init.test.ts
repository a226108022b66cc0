import { expect, it } from "vitest";
import { parseConfigText } from "../load.ts";
import { addServer } from "./edit.ts";
import { starterConfig } from "./init.ts";

it("the starter file is valid, and so are the entries that it shows in comments", () => {
  const shown = starterConfig().replaceAll(/^( *)\/\/ ("|\{|\}| )/gm, "$1$2");
  for (const text of [starterConfig(), shown, addServer("new", { command: "x" })(starterConfig())]) {
    const { servers, rejected } = parseConfigText(text, "toolyard.json", { env: { CRM_TOKEN: "t" } });
    expect([...rejected.values()]).toEqual([]);
    expect(servers.get("files")?.disabled).toBe(false);
    expect(servers.get("memory")?.disabled).toBe(true);
  }
  expect(parseConfigText(shown, "toolyard.json", { env: { CRM_TOKEN: "t" } }).servers.has("crm")).toBe(true);
});
