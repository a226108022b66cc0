import { join } from "node:path";
import { sha256 } from "../../base/digest.ts";
import type { Place } from "../place.ts";

/** What belongs to the gateway of one configuration. */
export interface RuntimeFiles {
  readonly record: string;
  /** Where bridges come in. Its path may not be long: 104 bytes on macOS. */
  readonly socket: string;
  /** Of a gateway in the background. */
  readonly log: string;
}

export function runtimeFiles({ paths, file }: Pick<Place, "paths" | "file">): RuntimeFiles {
  const base = join(paths.runtime, sha256(file).slice(0, 16));
  return { record: `${base}.json`, socket: `${base}.sock`, log: `${base}.log` };
}
