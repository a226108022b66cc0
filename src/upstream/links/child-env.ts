/** Which of our environment a child gets: an allow-list, what its entry inherits by name, and what its entry sets. */

import { reveal, type Secret } from "../../base/secret.ts";

const ALLOWED: ReadonlySet<string> = new Set([
  ...["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"],
  ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"],
  ...["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"],
  ...["APPDATA", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATHEXT", "PROCESSOR_ARCHITECTURE", "PROGRAMFILES", "SYSTEMDRIVE"],
  ...["SYSTEMROOT", "TEMP", "TMP", "USERNAME", "USERPROFILE", "WINDIR"],
]);

type Environment = Readonly<Record<string, string | undefined>>;

const matches = (name: string, pattern: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

const allowed = (name: string): boolean => ALLOWED.has(name.toUpperCase()) || name.startsWith("LC_");

/**
 * @param own our own environment
 * @param inherit names or patterns (`AWS_*`) that the entry lets through
 * @param set what the entry sets
 */
export function childEnv(
  own: Environment,
  inherit: readonly string[],
  set: Readonly<Record<string, string | Secret>>,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined || value.startsWith("()")) continue; // an exported shell function is code
    if (allowed(name) || inherit.some((pattern) => matches(name, pattern))) env[name] = value;
  }
  for (const [name, value] of Object.entries(set)) env[name] = reveal(value);
  return env;
}

/** Names of our variables that a child did not get; for a child that fails early. */
export function withheld(own: Environment, given: Readonly<Record<string, string>>): string[] {
  return Object.keys(own)
    .filter((name) => !(name in given))
    .toSorted();
}
