import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, ToolyardError } from "../base/errors.ts";
import { refuseOpenFile } from "./private.ts";

const BYTES = 32;

/**
 * The key of this state directory: fingerprints are keyed by it and tokens sealed. Made at the first use; processes
 * that make it at the same time end up with the same one.
 *
 * @param folder the state directory, made with mode 0700 when it is not there
 * @throws STORE_UNAVAILABLE when it can neither be read nor written, or others can read it
 */
export async function loadKey(folder: string): Promise<Buffer> {
  const file = join(folder, "key");
  try {
    return (await readKey(file)) ?? (await makeKey(folder, file));
  } catch (error) {
    if (error instanceof ToolyardError) throw error;
    throw new ToolyardError("STORE_UNAVAILABLE", `The key in ${folder} can be neither read nor made: ${messageOf(error)}.`, {}, error);
  }
}

async function readKey(file: string): Promise<Buffer | undefined> {
  await refuseOpenFile(file, "The key", `Run chmod 600 ${file}, or remove it: a new one is made.`); // who has read it can seal
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const key = Buffer.from(text.trim(), "hex");
  return key.length === BYTES ? key : undefined;
}

/** A hard link fails when the name is taken, so that only one of several makers wins. */
async function makeKey(folder: string, file: string): Promise<Buffer> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const own = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(own, `${randomBytes(BYTES).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  try {
    const broken = (await readFile(file, "utf8").catch(() => undefined)) !== undefined;
    if (broken) await rm(file, { force: true });
    await link(own, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(own, { force: true });
  }
  const key = await readKey(file);
  if (key === undefined) throw new Error(`${file} holds no key`);
  return key;
}
