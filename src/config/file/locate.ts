import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ToolyardError } from "../../base/errors.ts";
import { pathsFrom } from "../../base/paths.ts";
import { type Environment, ownEnvironment } from "../values/lookup.ts";

const NAME = "toolyard.json";

export interface Located {
  /** An absolute path. */
  readonly file: string;
  /** True for the file of the working directory: it may have come with a folder, and it runs commands. */
  readonly mustBeTrusted: boolean;
}

export interface Places {
  /** The file that the user named (`--config`). */
  readonly named?: string | undefined;
  readonly env?: Environment;
  readonly cwd?: string;
}

/**
 * Finds the configuration: the file that was named, else that of the user, else that of the working directory.
 *
 * @throws CONFIG_NOT_FOUND naming the places where none was
 */
export async function locateConfig({ named, env = ownEnvironment(), cwd = process.cwd() }: Places = {}): Promise<Located> {
  const candidates: readonly Located[] =
    named === undefined
      ? [
          { file: userConfigFile(env), mustBeTrusted: false },
          { file: join(cwd, NAME), mustBeTrusted: true },
        ]
      : [{ file: resolve(cwd, named), mustBeTrusted: false }];
  for (const candidate of candidates) if (await exists(candidate.file)) return candidate;
  const message = `There is no configuration: neither ${candidates.map(({ file }) => file).join(" nor ")}.`;
  throw new ToolyardError("CONFIG_NOT_FOUND", named === undefined ? message : `There is no file ${candidates[0]?.file}.`);
}

/** Where the user's own configuration stands, or would. */
export function userConfigFile(env: Environment = ownEnvironment()): string {
  return join(pathsFrom(env).config, NAME);
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
