/** Clients that are programs: each step is a run of theirs. */

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { attempt, cannot, expect, FORM, leave, SUM, target } from "./kit.mjs";

const { program, era = "legacy", url, command, args = [], env } = target;
const bin = (name) => fileURLToPath(new URL(`node_modules/.bin/${name}`, import.meta.url));

function run(name, argv) {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [bin(name), ...argv],
      { env: { ...process.env, ...env }, timeout: 60_000, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(`${error.code}: ${stderr || stdout}`))),
    );
  });
}

/** Its own options would be mixed with those of a command, so that goes into a file. */
function whereOfInspector() {
  if (url !== undefined) return [url, "--transport", "http"];
  const file = fileURLToPath(new URL("yard.json", import.meta.url));
  writeFileSync(file, JSON.stringify({ mcpServers: { yard: { type: "stdio", command, args, env } } }));
  return ["--config", file, "--server", "yard"];
}

const inspector = (...argv) => run("mcp-inspector", ["--cli", ...whereOfInspector(), "--protocol-era", era, ...argv]);

const where = url === undefined ? ["--stdio", [command, ...args].join(" ")] : ["--http-url", url, "--allow-http"];
const mcporter = (verb, ...argv) => run("mcporter", [verb, ...argv, ...where, "--json"]);

const pairs = Object.entries(SUM.args).map(([key, value]) => `${key}=${value}`);
const STEPS = {
  inspector: async () => {
    await attempt("list", async () => count(await inspector("--method", "tools/list")));
    await attempt("call", async () =>
      expect(
        await inspector("--method", "tools/call", "--tool-name", SUM.name, ...pairs.flatMap((pair) => ["--tool-arg", pair])),
        SUM.says,
      ),
    );
    for (const step of ["progress", "form", "cancel"]) cannot(step, "not offered by this client");
  },
  mcporter: async () => {
    await attempt("list", async () => count(await mcporter("list")));
    await attempt("call", async () => expect(await run("mcporter", ["call", ...where, SUM.name, ...pairs]), SUM.says));
    for (const step of ["progress", "form", "cancel"]) cannot(step, "not offered by this client");
  },
};

function count(output) {
  const found = output.match(/"inputSchema"/g)?.length ?? 0;
  expect(output, FORM.name.split("__")[0]);
  if (found === 0) throw new Error(`no tools in ${output.slice(0, 120)}`);
  return `${found} tools`;
}

await STEPS[program]();
leave();
