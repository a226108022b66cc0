import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScriptedModel } from "./model.ts";

const keys = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"];

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "toolyard-frameworks-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

function run(example: string, env: Record<string, string> = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  const main = fileURLToPath(new URL(`${example}/main.ts`, import.meta.url));
  const noModel = Object.fromEntries(keys.map((key) => [key, undefined]));
  const own = { XDG_STATE_HOME: join(home, "state"), XDG_CACHE_HOME: join(home, "cache") };
  return new Promise((resolve) => {
    execFile(process.execPath, [main], { cwd: home, env: { ...process.env, ...noModel, ...own, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe.each(["ai-sdk", "langchain", "anthropic", "mastra"])("the %s example", (name) => {
  it("answers by the scripted model and checks itself", async () => {
    const { code, stdout, stderr } = await run(name);
    expect([code, stderr.includes("CHECK FAILED")]).toEqual([0, false]);
    expect(stdout).toContain("Every check held.");
    expect(stdout).toMatch(/crm__get +\d+ ms {2}error/);
  });
});

describe.each(["ai-sdk", "anthropic"])("the %s example with a model of the user's", (name) => {
  it("asks the endpoint that is named, and fails where it gives no answer", async () => {
    await using model = await openScriptedModel(() => ({ say: "" }));
    const root = model.url.replace(/\/v1$/, "");
    const env = { OPENAI_BASE_URL: model.url, ANTHROPIC_API_KEY: "none", ANTHROPIC_BASE_URL: root };
    const { code, stderr } = await run(name, env);
    expect(code).toBe(1);
    expect(stderr).toContain("CHECK FAILED: The model gave no answer.");
    expect(model.requests[0]?.tools).toContain("crm__get");
  });
});
