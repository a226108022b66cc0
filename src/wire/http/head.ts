/** The head of an HTTP/1.1 answer, and of a request (RFC 9112, sections 2 to 6). */

/** What an answer's head says. */
export interface Head {
  readonly status: number;
  /** By names in lower case; of a repeated header the first. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body's length in bytes; undefined where it is not said, or does not count. */
  readonly length: number | undefined;
  readonly chunked: boolean;
  /** May the connection carry another answer after this one? */
  readonly keepAlive: boolean;
}

const STATUS = /^HTTP\/1\.([01]) (\d{3})(?: |$)/;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** Neither line breaks nor other control characters, and nothing that is no single byte. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** @throws Error when it is no head of an answer */
export function parseHead(text: string): Head {
  const [first = "", ...lines] = text.split("\r\n");
  const [, minor, digits] = STATUS.exec(first) ?? [];
  if (digits === undefined) throw new Error("the answer is not HTTP/1.1");
  const headers = new Map<string, string>();
  for (const line of lines) addHeader(headers, line);
  const coding = headers.get("transfer-encoding")?.toLowerCase();
  const chunked = coding !== undefined && /(^|[,\s])chunked$/.test(coding);
  return {
    status: Number(digits),
    headers,
    length: coding === undefined ? lengthOf(headers) : undefined,
    chunked,
    keepAlive: isKept(headers, minor === "1") && (coding === undefined || chunked),
  };
}

function addHeader(headers: Map<string, string>, line: string): void {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(0, colon)).toLowerCase();
  const value = line.slice(colon + 1).trim();
  if (!TOKEN.test(name) || !VALUE.test(value)) throw new Error("a header of the answer is broken");
  const known = headers.get(name);
  if (known === undefined) headers.set(name, value);
  else if (name === "content-length" && known !== value) throw new Error("the answer has two lengths");
  else if (name === "transfer-encoding") headers.set(name, `${known}, ${value}`);
}

function lengthOf(headers: ReadonlyMap<string, string>): number | undefined {
  const text = headers.get("content-length");
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new Error("the answer's length is no number");
  return Number(text);
}

function isKept(headers: ReadonlyMap<string, string>, isNew: boolean): boolean {
  const connection = headers.get("connection")?.toLowerCase() ?? "";
  return isNew ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection);
}

/**
 * The head of a request.
 *
 * @param length of the body in bytes; undefined where there is none
 * @throws Error for a header that HTTP cannot carry
 */
export function writeHead(start: string, headers: Readonly<Record<string, string>>, length: number | undefined): string {
  let text = start;
  for (const name in headers) {
    const value = headers[name] ?? "";
    if (!TOKEN.test(name) || !VALUE.test(value)) throw new Error(`the header ${JSON.stringify(name)} holds what no header may`);
    text += `${name}: ${value}\r\n`;
  }
  return length === undefined ? `${text}\r\n` : `${text}content-length: ${length}\r\n\r\n`;
}
