/** Text on a terminal: made harmless, and as wide as a terminal shows it. */

import { stripVTControlCharacters } from "node:util";

/** Control characters, and those that turn the direction of writing around (Unicode TR 36, 2.10). */
const STEERING = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const NOT_IN_TEXT = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const BREAKS = /\s*[\t\n\r]\s*/g;

/** Shown in two columns: East Asian wide characters (Unicode TR 11) and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Shown in none: what belongs to the character before. */
const NARROW = /\p{M}|[\u200b-\u200d\u2060\ufeff]/u;

/** Text that somebody else wrote, as one line that steers no terminal. */
export function clean(text: string): string {
  return stripVTControlCharacters(text).replaceAll(BREAKS, " ").replaceAll(STEERING, "");
}

/** As {@link clean}, with its lines and tabs kept. */
export function cleanLines(text: string): string {
  return stripVTControlCharacters(text).replaceAll(NOT_IN_TEXT, "");
}

/** How many columns a clean text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** The text in exactly `width` columns: filled up, or cut with an ellipsis. */
export function fit(text: string, width: number): string {
  const spare = width - widthOf(text);
  if (spare >= 0) return text + " ".repeat(spare);
  let kept = "";
  let left = width - 1;
  for (const character of text) {
    left -= columnsOf(character);
    if (left < 0) break;
    kept += character;
  }
  return fit(`${kept.trimEnd()}…`, width);
}

/** Lines of at most `width` columns, broken between words; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

function columnsOf(character: string): number {
  if (NARROW.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
