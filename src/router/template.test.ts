import { describe, expect, it } from "vitest";
import { matchesTemplate } from "./template.ts";

describe("matchesTemplate", () => {
  it.each([
    ["demo://text/{id}", "demo://text/7", true],
    ["demo://text/{id}", "demo://text/7/8", false],
    ["demo://text/{+path}", "demo://text/7/8", true],
    ["demo://{a}/x/{b}", "demo://1/x/2", true],
    ["demo://{a}/x/{b}", "demo://1/y/2", false],
    ["demo://plain", "demo://plain", true],
    ["demo://plain", "demo://plainer", false],
    ["test://template/{id}/data", "test://template/12/data", true],
    ["test://template/{id}/data", "test://template/12/datum", false],
    ["{scheme}://x", "other://x", true],
  ])("%s against %s is %s", (template, uri, fits) => {
    expect(matchesTemplate(template, uri)).toBe(fits);
  });

  it("takes linear time for a template made to be slow", () => {
    const template = `x://${"{a}".repeat(5_000)}y`;
    expect(matchesTemplate(template, `x://${"z".repeat(50_000)}`)).toBe(false);
  });
});
