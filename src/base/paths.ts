import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** Where things are kept, each with the `toolyard` folder at its end. */
export interface Paths {
  readonly config: string;
  readonly cache: string;
  readonly state: string;
  /** Sockets and the record of a running gateway. */
  readonly runtime: string;
}

/**
 * The user's directories by the XDG base directory specification, on macOS too: one answer everywhere.
 *
 * @param env the environment to read `XDG_*` from
 */
export function pathsFrom(env: Readonly<Record<string, string | undefined>>): Paths {
  const home = homedir();
  const under = (variable: string, fallback: string): string => join(env[variable] || fallback, "toolyard");
  return {
    config: under("XDG_CONFIG_HOME", join(home, ".config")),
    cache: under("XDG_CACHE_HOME", join(home, ".cache")),
    state: under("XDG_STATE_HOME", join(home, ".local", "state")),
    runtime: env["XDG_RUNTIME_DIR"] ? join(env["XDG_RUNTIME_DIR"], "toolyard") : join(tmpdir(), `toolyard-${userInfo().uid}`),
  };
}
