/** Small things about bytes that are text. */

const LF = 0x0a;

/** The same place, or the beginning of the character that it stands in; in what is no text, the same place at most. */
export function characterStart(bytes: Buffer, at: number): number {
  let start = Math.min(at, bytes.length);
  while (start > 0 && start > at - 3 && isContinuation(bytes[start])) start--;
  return start + lengthOf(bytes[start] ?? 0) > at ? start : at;
}

/** The same place, or the end of the character that it stands in. */
export function characterEnd(bytes: Buffer, at: number): number {
  const start = characterStart(bytes, at);
  return start === at ? at : Math.min(bytes.length, start + lengthOf(bytes[start] ?? 0));
}

/** Of the character that begins with this byte. */
function lengthOf(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Lines, a last one without a line feed included. */
export function countLines(bytes: Buffer): number {
  let lines = 0;
  let at = 0;
  while (at < bytes.length) {
    lines++;
    const end = bytes.indexOf(LF, at);
    if (end === -1) break;
    at = end + 1;
  }
  return lines;
}

/** The beginning of a line; the end of the text where there is none of that number. @param line from 1 */
export function lineStart(bytes: Buffer, line: number, from = 0): number {
  let at = from;
  for (let left = line - 1; left > 0; left--) {
    const end = bytes.indexOf(LF, at);
    if (end === -1) return bytes.length;
    at = end + 1;
  }
  return at;
}

/** At most so many characters, on one line; what is left out is said. */
export function clipped(text: string, most: number): string {
  const line = text.replaceAll(/[\r\n]+/g, "⏎").replaceAll(CONTROL, "·");
  if (line.length <= most) return line.toWellFormed();
  return `${line.slice(0, most).toWellFormed()}… (${line.length - most} more)`;
}

// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** As people read it: "4.0 MB". */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
