/**
 * `node:http` and `node:https`, taken without an ES import: that would read every export, and with it load the built-in
 * fetch, which costs a start 40 ms and 13 MB for nothing. This is the only file that names them.
 */

import type * as Http from "node:http";
import type * as Https from "node:https";

export type { IncomingMessage, Server, ServerResponse } from "node:http";

export const http: typeof Http = process.getBuiltinModule("node:http");

/** Loaded with the first address that wants TLS. */
export function https(): typeof Https {
  return process.getBuiltinModule("node:https");
}
