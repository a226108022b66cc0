/** A gateway in the background, for bridges: started by the first, ended by itself some time after the last. */

import { mkdir, readFile, rm, stat } from "node:fs/promises";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { ERRORS, ToolyardError, type ErrorCode } from "../../base/errors.ts";
import { isObject, objectOr, stringOr } from "../../base/json.ts";
import { connectSocket } from "../../gateway/socket.ts";
import { startDetached } from "../../wire/detached.ts";
import type { Place } from "../place.ts";
import { runtimeFiles } from "./files.ts";

const PATIENCE_MS = 30_000;
const LARGEST_LOG = 1024 * 1024;

/**
 * Starts it, or finds the one that another bridge has just started, and connects.
 *
 * @param endpoint `/mcp`, or that of a toolset
 * @param idleMs how long it stays without a client
 * @throws what it could not start for, GATEWAY_UNREACHABLE with its last words, ROUTE_UNKNOWN when there is no such toolset
 */
export async function startGateway(place: Place, endpoint: string, idleMs: number): Promise<Socket> {
  const { log, socket } = runtimeFiles(place);
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  const before = await sizeOf(log);
  if (before > LARGEST_LOG) await rm(log);
  const command = [...process.execArgv, ...process.argv.slice(1, 2), "serve", ...optionsFor(place, idleMs)];
  // A file of a folder is found, and its trust checked, as here: in the same folder.
  const line = await startDetached({ command: process.execPath, args: command, cwd: dirname(place.file), log, patienceMs: PATIENCE_MS });
  refuseAsTold(line);
  const connected = line === undefined ? undefined : await connectSocket(socket, endpoint);
  if (connected !== undefined) return connected;
  const words = await wordsSince(log, before > LARGEST_LOG ? 0 : before);
  throw new ToolyardError("GATEWAY_UNREACHABLE", `The gateway in the background did not start. ${words}`.trim(), {
    mend: `Its log is ${log}; \`toolyard serve\` starts one in the foreground.`,
  });
}

/** Its first line is its address, or the reason why it has none. */
function refuseAsTold(line: string | undefined): void {
  const { error } = objectOr(line === undefined ? undefined : JSON.parse(line));
  if (!isObject(error) || !isCode(error["code"])) return;
  const [at, mend] = [stringOr(error["at"]), stringOr(error["mend"])];
  const details = { ...(at === undefined ? {} : { at }), ...(mend === undefined ? {} : { mend }) };
  throw new ToolyardError(error["code"], stringOr(error["message"]) ?? "", details);
}

function isCode(word: unknown): word is ErrorCode {
  return typeof word === "string" && Object.hasOwn(ERRORS, word);
}

function optionsFor({ file, mustBeTrusted, inputs }: Place, idleMs: number): string[] {
  const config = mustBeTrusted ? [] : ["--config", file];
  const given = [...inputs].flatMap(([name, value]) => ["--input", `${name}=${value}`]);
  return [...config, ...given, "--host", "127.0.0.1", "--port", "0", "--json", "--idle-exit", String(idleMs)];
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function wordsSince(file: string, offset: number): Promise<string> {
  const bytes = await readFile(file).catch(() => Buffer.alloc(0));
  return bytes.subarray(offset).toString("utf8").trim();
}
