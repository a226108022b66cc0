/** One client on one carrier: its driver as a process, and what it said. */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Gateway } from "../faults/gateway.ts";
import type { Client } from "./clients.ts";
import { placeDriver, type Installed } from "./packages.ts";

export type Carrier = "http" | "stdio";

export interface Step {
  readonly step: string;
  /** `null`: the client has no way to do it. */
  readonly ok: boolean | null;
  readonly note: string;
}

export interface Tried {
  readonly client: Client;
  readonly carrier: Carrier;
  readonly steps: readonly Step[];
}

const PROGRAM = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
/** The longest that a driver may take, in ms; its own steps have limits below that. */
const LIMIT_MS = 240_000;
/** After a client has given up a call the server has to be free so soon, in ms. */
const FREE_MS = 3_000;

export async function tryClient(client: Client, carrier: Carrier, installed: Installed, gateway: Gateway): Promise<Tried> {
  const target = {
    ...(client.bridge === undefined ? targetOn(carrier, gateway) : bridged(client.bridge, installed, gateway)),
    ...client.told,
  };
  const steps: Step[] = [];
  const driver = placeDriver(installed, client.driver);
  const { code, stderr } = await drive([driver, JSON.stringify(target)], installed.folder, async (step) => {
    steps.push(step.step === "cancel" && step.ok === true ? await whetherFree(step, gateway) : step);
  });
  if (code !== 0 || steps.length === 0) steps.push({ step: "driver", ok: false, note: `ended with ${code}: ${stderr.slice(-200)}` });
  return { client, carrier, steps };
}

function targetOn(carrier: Carrier, gateway: Gateway): Record<string, unknown> {
  if (carrier === "http") return { url: gateway.url };
  const { configFile, env } = gateway.home;
  return { command: process.execPath, args: [PROGRAM, "stdio", "--config", configFile], env: { PATH: process.env["PATH"] ?? "", ...env } };
}

function bridged(bridge: string, installed: Installed, gateway: Gateway): Record<string, unknown> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: gateway.home.directory.path };
  return { command: process.execPath, args: [installed.bin(bridge), gateway.url, "--allow-http"], env };
}

/** A cancel has to reach the server: nothing is in flight there soon after. */
async function whetherFree(step: Step, gateway: Gateway): Promise<Step> {
  try {
    await gateway.untilServer("everything", ({ inFlight }) => inFlight === 0, FREE_MS);
    return step;
  } catch {
    return { ...step, ok: false, note: `the call was still in flight at the server ${FREE_MS} ms later` };
  }
}

/** Runs a driver, and gives each of its lines to `each`, one after the other. */
async function drive(
  argv: readonly string[],
  cwd: string,
  each: (step: Step) => Promise<void>,
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, argv, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  let [rest, stderr] = ["", ""];
  let told = Promise.resolve();
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((one) => one.startsWith('{"step"'))) told = told.then(() => each(JSON.parse(line) as Step));
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(limit);
  await told;
  return { code, stderr };
}
