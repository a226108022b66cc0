/** Which configuration files that came with a folder the user has read and trusts. They run commands. */

import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { sha256 } from "../../base/digest.ts";
import { ToolyardError } from "../../base/errors.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { replaceFile } from "./atomic.ts";
import { withLock } from "./lock.ts";

/** Trusts this content of the file; after any change it must be trusted again. @throws STORE_UNAVAILABLE */
export async function trustConfig(file: string, text: string, stateDir: string): Promise<void> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await withLock(trustLedger(stateDir), async () => {
    const trusted = { ...(await readLedger(stateDir)), [resolve(file)]: digestOf(file, text) };
    await replaceFile(trustLedger(stateDir), `${JSON.stringify(trusted, undefined, 2)}\n`, 0o600);
  });
}

/** True where this content of the file has been trusted. */
export async function isTrusted(file: string, text: string, stateDir: string): Promise<boolean> {
  const trusted = await readLedger(stateDir);
  const path = resolve(file);
  return Object.hasOwn(trusted, path) && trusted[path] === digestOf(file, text);
}

/** @throws CONFIG_UNTRUSTED where this content of the file has not been trusted */
export async function requireTrust(file: string, text: string, stateDir: string): Promise<void> {
  if (await isTrusted(file, text, stateDir)) return;
  const known = Object.hasOwn(await readLedger(stateDir), resolve(file));
  const says = known ? "has changed since it was trusted." : "came with this folder and has not been trusted.";
  throw new ToolyardError("CONFIG_UNTRUSTED", `${file} ${says}`);
}

function digestOf(file: string, text: string): string {
  return sha256(`${resolve(file)}\0${text}`);
}

/** The file that remembers what is trusted. */
export function trustLedger(stateDir: string): string {
  return join(stateDir, "trusted.json");
}

/** An unreadable ledger is an empty one: nothing is trusted by mistake, and everything can be trusted again. */
async function readLedger(stateDir: string): Promise<JsonObject> {
  try {
    const ledger: unknown = JSON.parse(await readFile(trustLedger(stateDir), "utf8"));
    return isObject(ledger) ? ledger : {};
  } catch {
    return {};
  }
}
