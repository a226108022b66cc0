/** What a request must be like before anything looks at it: from this machine's own pages and programs, and JSON where it changes something. */

import { ToolyardError } from "../base/errors.ts";
import type { IncomingMessage } from "../wire/node-http.ts";

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

const ALL_INTERFACES: readonly (string | undefined)[] = [undefined, "0.0.0.0", "[::]"];

/** Judges Host and Origin, each by itself: either may be that of a page on the web that was led here. */
export type Guard = (request: IncomingMessage) => void;

export interface Known {
  /** Under which the gateway is known beside its loopback names. */
  readonly publicUrl: string | undefined;
  /** On which it listens; one for all interfaces is nobody's name. */
  readonly host: string;
}

/** @returns throws FORBIDDEN */
export function guardFor({ publicUrl, host: own }: Known): Guard {
  const known = publicUrl === undefined ? undefined : new URL(publicUrl);
  const names = new Set([known?.hostname, hostnameOf(`http://${own.includes(":") ? `[${own}]` : own}`)]);
  for (const all of ALL_INTERFACES) names.delete(all);
  const isHost = (host: string): boolean => LOCAL.test(host) || (names.has(hostnameOf(`http://${host}`)) && !host.includes("@"));
  const isOrigin = (origin: string): boolean => {
    const local = /^https?:\/\/(.+)$/i.exec(origin)?.[1];
    return local !== undefined && (LOCAL.test(local) || origin.toLowerCase() === known?.origin);
  };
  return (request) => {
    const { host, origin } = request.headers;
    if (host === undefined || !isHost(host) || repeats(request, "host")) throw forbidden("Host", host);
    if (origin !== undefined && !isOrigin(origin)) throw forbidden("Origin", origin);
  };
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** Node keeps the first of two Host headers; another program on the way may have kept the second. */
function repeats({ rawHeaders }: IncomingMessage, name: string): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) if (rawHeaders[index]?.toLowerCase() === name) count++;
  return count > 1;
}

function forbidden(header: string, value: string | undefined): ToolyardError {
  const what = value === undefined ? "is missing" : `${JSON.stringify(value.slice(0, 100))} is not allowed here`;
  return new ToolyardError("FORBIDDEN", `The header ${header} ${what}.`);
}

/** Forms of web pages cannot send JSON without asking first. @throws WRONG_TYPE */
export function requireJson({ headers }: IncomingMessage): void {
  const type = headers["content-type"];
  if (type !== undefined && /^application\/json\s*(;|$)/i.test(type)) return;
  throw new ToolyardError("WRONG_TYPE", `The content type is ${JSON.stringify(type ?? "missing")}.`);
}
