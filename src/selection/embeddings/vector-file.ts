/** Vectors that were paid for, by the digest of their text, in one private file for each model. A cache: nothing in it is needed. */

import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { objectOr, stringOr } from "../../base/json.ts";
import { replaceFile } from "../../config/file/atomic.ts";
import type { Vector } from "./vector.ts";

const FORMAT = 1;

/** None where the file is not there or cannot be read. Never rejects. */
export async function readVectors(file: string): Promise<Map<string, Vector>> {
  const vectors = new Map<string, Vector>();
  try {
    const { format, vectors: kept } = objectOr(JSON.parse(await readFile(file, "utf8")));
    if (format !== FORMAT) return vectors;
    for (const [digest, text] of Object.entries(objectOr(kept))) {
      const bytes = Buffer.from(stringOr(text) ?? "", "base64");
      if (bytes.length > 0) vectors.set(digest, Int8Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)));
    }
  } catch {
    return vectors; // made anew
  }
  return vectors;
}

/** @throws when the file cannot be written */
export async function writeVectors(file: string, vectors: ReadonlyMap<string, Vector>): Promise<void> {
  const kept = [...vectors].map(([digest, { buffer, byteOffset, length }]) => {
    return [digest, Buffer.from(buffer, byteOffset, length).toString("base64")] as const;
  });
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await replaceFile(file, JSON.stringify({ format: FORMAT, vectors: Object.fromEntries(kept) }), 0o600);
}
