/** Which values must not be shown: those that came from outside the file, and those whose name or form says so. */

import type { Taken } from "./interpolate.ts";

const SENSITIVE_NAME = /key|token|secret|passw|pwd|auth|cookie|credential|session|signature|private|dsn|connection_?string/i;

/** `scheme://user:password@host` */
const CREDENTIALS_IN_URL = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*:[^/?#\s]*@/i;

/** Variables that every process has; to hide their values would hide half of every message. */
const COMMONPLACE =
  /^(?:HOME|USERPROFILE|USER|USERNAME|LOGNAME|PATH|PWD|TMPDIR|TEMP|TMP|LANG|LC_\w+|TZ|SHELL|TERM|HOST|HOSTNAME|PORT|NODE_ENV|XDG_\w+_(?:HOME|DIR))$/;

/** True where a value written out in the file, under this name, is a secret by all appearances. */
export function isSensitive(name: string, value: string): boolean {
  return value !== "" && (SENSITIVE_NAME.test(name) || CREDENTIALS_IN_URL.test(value));
}

/** True where a placeholder's value is to be kept from view. */
export function isSecretSource({ source, name, value }: Taken): boolean {
  return value !== "" && !(source === "env" && COMMONPLACE.test(name));
}

/** The parts of a sensitive text that may turn up alone: all of it, and the token behind a scheme (`Bearer …`). */
export function partsOf(text: string): string[] {
  const token = /^[A-Za-z]+ +(\S+)$/.exec(text)?.[1];
  return token === undefined ? [text] : [text, token];
}
