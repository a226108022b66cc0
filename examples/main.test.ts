import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScriptedModel } from "./model.ts";
import { scenes } from "./model/script.ts";
import { questions as operations } from "./operations/questions.ts";
import { questions as support } from "./support/questions.ts";

const examples = [
  { name: "operations", questions: operations },
  { name: "support", questions: support },
];

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "toolyard-examples-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What ran when the first line was printed. */
  readonly running: string[];
  /** What still runs of all that was started. */
  readonly left: string[];
}

/** Runs an example from a folder of its own, so that nothing rests on where it is started. */
async function run(example: string, env: Record<string, string> = {}): Promise<Run> {
  const mark = join(home, crypto.randomUUID());
  const noModel = { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined };
  const ownState = { XDG_STATE_HOME: join(home, "state"), XDG_CACHE_HOME: join(home, "cache") };
  const child = spawn(process.execPath, [fileURLToPath(new URL(`${example}/main.ts`, import.meta.url))], {
    cwd: home,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...noModel, ...ownState, PATH: `${process.env["PATH"] ?? ""}:${mark}`, ...env },
  });
  const running = once(child.stdout, "data").then(() => processesWith(mark));
  const stdout: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => void stdout.push(chunk));
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  const left = await processesWith(mark);
  return { code: code as number | null, stdout: Buffer.concat(stdout).toString(), stderr, running: await running, left };
}

/** Every child gets PATH, so a mark in it tells ours; where there is no /proc, nothing is known. */
async function processesWith(mark: string): Promise<string[]> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")));
  return pids.filter((_, at) => environments[at]?.includes(mark));
}

describe.each(examples)("the $name example", ({ name, questions }) => {
  it("answers by the scripted model, checks itself, and leaves nothing behind", async () => {
    const { code, stdout, stderr, running, left } = await run(name);
    expect(stderr).toBe("");
    expect(stdout).toContain("Every check held.");
    for (const { ask } of questions) expect(stdout).toContain(`> ${ask}`);
    expect([code, left]).toEqual([0, []]);
    if (process.platform === "linux") expect(running.length).toBeGreaterThan(4); // so the mark finds what runs
  });
});

describe("an example with a model of the user's", () => {
  it("asks the endpoint that is named", async () => {
    await using model = await openScriptedModel(scenes(support.map(({ ask, steps }) => ({ question: ask, steps }))));
    const { code, left } = await run("support", { OPENAI_BASE_URL: model.url, OPENAI_DEFAULT_MODEL: "some-model" });
    expect([code, left]).toEqual([0, []]);
    expect(new Set(model.requests.map(({ path }) => path))).toEqual(new Set(["/v1/chat/completions"]));
    expect(new Set(model.requests.map(({ question }) => question))).toEqual(new Set(support.map(({ ask }) => ask)));
  });

  it("fails when an answer is missing, and leaves nothing behind", async () => {
    await using model = await openScriptedModel(() => ({ say: "" }));
    const { code, stdout, stderr, left } = await run("support", { OPENAI_BASE_URL: model.url });
    expect(stderr).toContain("CHECK FAILED: The model gave no answer.");
    expect(stdout).toContain("Not every check held.");
    expect([code, left]).toEqual([1, []]);
  });

  it("says that no model answers, and leaves nothing behind", async () => {
    const { code, stderr, left } = await run("support", { OPENAI_BASE_URL: "http://127.0.0.1:1/v1" });
    expect(stderr).toContain(`"${support[0]?.ask}" got no answer: Connection error.`);
    expect([code, left]).toEqual([1, []]);
  });
});
