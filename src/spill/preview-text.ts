/** What a model sees of a large text: of which kind it is, how many lines it has, the first and the last of them. */

import { isObject, type JsonValue } from "../base/json.ts";
import { shapeOf } from "./shape.ts";
import { clipped, countLines, lineStart, sizeText } from "./text.ts";

const LONGEST_LINE = 300;
const DELIMITERS = [",", "\t", ";", "|"] as const;

interface Table {
  readonly about: string;
  /** Lines before the rows. */
  readonly head: number;
}

/** @param room characters at the most, about */
export function previewText(bytes: Buffer, room: number): string {
  const lines = countLines(bytes);
  const first = firstLines(bytes, 12);
  const table = lines < 3 ? undefined : (ndjson(first) ?? delimited(first));
  const about = table?.about ?? "text";
  const heading = `${about}, ${lines} line${lines === 1 ? "" : "s"}, ${sizeText(bytes.length)}`;
  if (lines === 1) return `${heading}\n${ends(bytes, room)}`;
  const most = Math.min(LONGEST_LINE, Math.floor(room / 3));
  const top = fitting(firstLines(bytes, table === undefined ? 40 : 4 + table.head), room * 0.6, most);
  const bottom = fitting(lastLines(bytes, table === undefined ? 10 : 1).toReversed(), room * 0.3, most).toReversed();
  const between = lines - top.length - bottom.length;
  return [heading, ...top, ...(between > 0 ? [`… ${between} lines …`] : []), ...(between >= 0 ? bottom : [])].join("\n");
}

/** A text that is one line: how it begins and ends. */
function ends(bytes: Buffer, room: number): string {
  const head = clipHead(bytes.toString("utf8", 0, room * 4), room * 0.6);
  const tail = bytes.toString("utf8", Math.max(0, bytes.length - room)).slice(-Math.floor(room * 0.25));
  return `${head}\n… \n${clipped(tail, room)}`;
}

function clipHead(text: string, most: number): string {
  return clipped(text.slice(0, most), most);
}

function firstLines(bytes: Buffer, count: number): string[] {
  const end = lineStart(bytes, count + 1);
  return bytes
    .toString("utf8", 0, Math.min(end, count * 4_096))
    .replace(/\r?\n$/, "")
    .split(/\r?\n/);
}

function lastLines(bytes: Buffer, count: number): string[] {
  const from = Math.max(0, bytes.length - count * 4_096);
  return bytes
    .toString("utf8", from)
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .slice(-count);
}

function fitting(lines: readonly string[], room: number, most: number): string[] {
  const kept: string[] = [];
  let left = room;
  for (const line of lines) {
    const shown = clipped(line, most);
    if (shown.length > left) break;
    kept.push(shown);
    left -= shown.length + 1;
  }
  return kept;
}

function ndjson(lines: readonly string[]): Table | undefined {
  const values = lines
    .slice(0, 10)
    .filter((line) => line.trim() !== "")
    .map(parsed);
  const rows = values.filter((value) => isObject(value) || Array.isArray(value));
  if (rows.length < 2 || rows.length < values.length - 1) return undefined; // the last one may be cut
  return { about: `NDJSON, each line ${clipped(shapeOf(rows), 800)}`, head: 0 };
}

function parsed(line: string): JsonValue | undefined {
  try {
    return JSON.parse(line) as JsonValue;
  } catch {
    return undefined;
  }
}

/** A header and rows with as many cells. */
function delimited(lines: readonly string[]): Table | undefined {
  const [header = "", ...rows] = lines.slice(0, 6);
  for (const delimiter of DELIMITERS) {
    const columns = cells(header, delimiter);
    if (columns.length < 2 || columns.some((column) => column === "" || column.length > 100)) continue;
    if (!rows.every((row) => cells(row, delimiter).length === columns.length)) continue;
    return { about: `${delimiter === "\t" ? "TSV" : "CSV"} of ${columns.length} columns`, head: 1 };
  }
  return undefined;
}

function cells(line: string, delimiter: string): string[] {
  return line
    .replaceAll(/"(?:[^"]|"")*"/g, "quoted")
    .split(delimiter)
    .map((cell) => cell.trim());
}
