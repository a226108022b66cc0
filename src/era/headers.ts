/** HTTP headers that repeat what a message says: written for servers, checked for clients (spec 2026-07-28: Streamable HTTP, Request Headers). */

import type { Body } from "../base/body.ts";
import { ToolyardError } from "../base/errors.ts";
import { isObject, stringOr, type JsonValue } from "../base/json.ts";
import { headerParams, type HeaderParam } from "./header-params.ts";
import { atLeast, eraOf } from "./revisions.ts";

export const VERSION_HEADER = "mcp-protocol-version";
const METHOD_HEADER = "mcp-method";
const NAME_HEADER = "mcp-name";
const PARAM_HEADER = "mcp-param-";

/** Which member of params `Mcp-Name` repeats (the `tasks/*` rows: tasks extension, HTTP binding). */
const NAME_SOURCE: ReadonlyMap<string, string> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
  ["tasks/get", "taskId"],
  ["tasks/update", "taskId"],
  ["tasks/cancel", "taskId"],
]);

/** Marks of a value in base64 (spec 2026-07-28: Streamable HTTP, Value Encoding). */
const START = "=?base64?";
const END = "?=";
/** Printable ASCII without blanks at its ends. */
const PLAIN = /^(?:[!-~](?:[ -~]*[!-~])?)?$/;

const isMarked = (value: string): boolean => value.startsWith(START) && value.endsWith(END) && value.length >= START.length + END.length;

/** Header names in lower case, as `node:http` gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The protocol's headers for one message to a server on Streamable HTTP.
 *
 * @param version the negotiated revision
 * @param inputSchema of a called tool, as the server itself lists it
 */
export function requestHeaders(version: string, method: string, params: Body, inputSchema?: unknown): Record<string, string> {
  if (eraOf(version) === "legacy") return legacyHeaders(version, method);
  const headers: Record<string, string> = { [VERSION_HEADER]: version, [METHOD_HEADER]: method };
  const name = nameOf(method, params);
  if (name !== undefined) headers[NAME_HEADER] = encodeHeaderValue(name);
  if (method !== "tools/call") return headers;
  for (const param of headerParams(inputSchema)) {
    const text = headerText(argumentAt(params, param));
    if (text !== undefined) headers[PARAM_HEADER + param.name.toLowerCase()] = encodeHeaderValue(text);
  }
  return headers;
}

/** Legacy revisions from 2025-06-18 on name the version after the handshake, and nothing else. */
function legacyHeaders(version: string, method: string): Record<string, string> {
  const none = method === "initialize" || !atLeast(version, "2025-06-18");
  return none ? {} : { [VERSION_HEADER]: version };
}

/**
 * Do the standard headers of a modern request say what its body says?
 *
 * @param version the revision in the body's `_meta`
 * @returns HEADER_MISMATCH, or undefined where all is well
 */
export function checkHeaders(headers: Headers, method: string, params: Body, version: string): ToolyardError | undefined {
  return (
    compare(headers, VERSION_HEADER, version, (text) => text) ??
    compare(headers, METHOD_HEADER, method, (text) => text) ??
    compare(headers, NAME_HEADER, nameOf(method, params), decodeHeaderValue)
  );
}

/**
 * Do the `Mcp-Param-*` headers of a modern `tools/call` say what its arguments say? Integers are compared as numbers.
 *
 * @param inputSchema of the tool, as the caller was shown it
 * @returns HEADER_MISMATCH, or undefined where all is well
 */
export function checkParamHeaders(headers: Headers, params: Body, inputSchema: unknown): ToolyardError | undefined {
  for (const param of headerParams(inputSchema)) {
    const value = argumentAt(params, param);
    const said = param.type === "integer" && typeof value === "number" ? asInteger : decodeHeaderValue;
    const mismatch = compare(headers, PARAM_HEADER + param.name.toLowerCase(), headerText(value), said);
    if (mismatch !== undefined) return mismatch;
  }
  return undefined;
}

/** A header where the body has no value for it is nobody's business. */
function compare(
  headers: Headers,
  name: string,
  wanted: string | undefined,
  read: (text: string) => string | undefined,
): ToolyardError | undefined {
  if (wanted === undefined) return undefined;
  const header = headers[name];
  if (typeof header !== "string") return mismatch(`The header ${name} is missing; the body says ${quote(wanted)}.`);
  const said = read(header.trim());
  if (said === undefined) return mismatch(`The header ${name} has a value that cannot be decoded.`);
  return said === wanted ? undefined : mismatch(`The header ${name} says ${quote(said)}, the body ${quote(wanted)}.`);
}

const mismatch = (message: string): ToolyardError => new ToolyardError("HEADER_MISMATCH", message);

const quote = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);

function asInteger(header: string): string | undefined {
  const text = decodeHeaderValue(header);
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? String(Number(text)) : text;
}

function nameOf(method: string, params: Body): string | undefined {
  const source = NAME_SOURCE.get(method);
  return source === undefined ? undefined : stringOr(params.get(source));
}

function argumentAt(params: Body, { path }: HeaderParam): JsonValue | undefined {
  let value: JsonValue | undefined = params.get("arguments");
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

/** A text as a header carries it: as it is where that is safe and unmistakable, else as marked base64 of its UTF-8. */
export function encodeHeaderValue(value: string): string {
  return PLAIN.test(value) && !isMarked(value) ? value : START + Buffer.from(value).toString("base64") + END;
}

/** The text that a header carries; undefined where it holds characters that no header may, or broken base64. */
export function decodeHeaderValue(value: string): string | undefined {
  if (!isMarked(value)) return PLAIN.test(value) ? value : undefined;
  const base64 = value.slice(START.length, -END.length);
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64") !== base64) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * An argument as header text: strings as they are, integers in decimal, booleans in lower case.
 * Undefined where the header is to be left out: no value, or one that has no such form.
 */
export function headerText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
}
