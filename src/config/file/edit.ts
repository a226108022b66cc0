/** Changes to a configuration file that keep its comments and its form. Pure: text in, text out. */

import { applyEdits, type Edit, findNodeAtLocation, type Node, parseTree } from "jsonc-parser";
import { ToolyardError } from "../../base/errors.ts";
import type { JsonObject, JsonValue } from "../../base/json.ts";
import { didYouMean } from "../nearest.ts";
import { quote } from "../problems.ts";

/** A change to the text of a configuration. @throws USAGE where it does not apply */
export type ConfigEdit = (text: string) => string;

/** Adds a server at the end; `replace` allows one of that name to be there already, and keeps its place. */
export function addServer(name: string, entry: JsonObject, { replace = false } = {}): ConfigEdit {
  return onObject((text, root) => {
    const servers = findNodeAtLocation(root, ["mcpServers"]);
    if (servers === undefined) return append(text, root, "mcpServers", { [name]: entry });
    const present = findNodeAtLocation(servers, [name]);
    if (present === undefined) return append(text, servers, name, entry);
    if (replace) return [{ offset: present.offset, length: present.length, content: jsonAt(text, present.offset, entry) }];
    throw new ToolyardError("USAGE", `There is a server ${quote(name)} already.`, {
      server: name,
      mend: "Take another name, or remove it first.",
    });
  });
}

export function removeServer(name: string): ConfigEdit {
  return onObject((text, root) => remove(text, serverIn(root, name)));
}

export function enableServer(name: string): ConfigEdit {
  const without = (key: string): ConfigEdit =>
    onObject((text, root) => {
      const flag = findNodeAtLocation(serverIn(root, name), [key]);
      return flag === undefined ? [] : remove(text, flag);
    });
  return (text) => without("enabled")(without("disabled")(text));
}

export function disableServer(name: string): ConfigEdit {
  return onObject((text, root) => {
    const server = serverIn(root, name);
    const flag = findNodeAtLocation(server, ["disabled"]);
    return flag === undefined ? append(text, server, "disabled", true) : [{ offset: flag.offset, length: flag.length, content: "true" }];
  });
}

/** Offsets must not count a byte order mark, but it must stay. */
function onObject(edits: (text: string, root: Node) => Edit[]): ConfigEdit {
  return (text) => {
    const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
    const body = text.slice(mark.length);
    const root = parseTree(body, [], { allowTrailingComma: true });
    if (root?.type !== "object") throw new ToolyardError("USAGE", "The configuration is not an object.");
    return mark + applyEdits(body, edits(body, root));
  };
}

function serverIn(root: Node, name: string): Node {
  const servers = findNodeAtLocation(root, ["mcpServers"]);
  const found = servers && findNodeAtLocation(servers, [name]);
  if (found !== undefined) return found;
  const known = (servers?.children ?? []).map((member) => String(member.children?.[0]?.value));
  throw new ToolyardError("USAGE", `There is no server ${quote(name)}.${didYouMean(name, known)}`, { server: name });
}

/** A new last member: on the same line where the object is one line, else behind the comment that may follow the last one. */
function append(text: string, object: Node, key: string, value: JsonValue): Edit[] {
  const last = object.children?.at(-1);
  const closing = endOf(object) - 1;
  const isOneLine = !text.slice(object.offset, closing).includes("\n");
  if (last !== undefined && isOneLine) {
    return [{ offset: endOf(last), length: 0, content: `, ${JSON.stringify(key)}: ${JSON.stringify(value)}` }];
  }
  const { unit, lineBreak } = formOf(text);
  const outer = indentAt(text, closing);
  const contentEnd = text.slice(0, closing).trimEnd().length;
  const json = jsonOf(value, unit, lineBreak + outer + unit);
  const member = `${lineBreak}${outer}${unit}${JSON.stringify(key)}: ${json}${lineBreak}${outer}`;
  const edits = [{ offset: contentEnd, length: closing - contentEnd, content: member }];
  return last === undefined || commaAfter(text, last) !== undefined ? edits : [...edits, { offset: endOf(last), length: 0, content: "," }];
}

/** Takes away the member whose value this is, one comma, and the line that would be left empty. */
function remove(text: string, value: Node): Edit[] {
  const member = value.parent ?? value;
  const comma = commaAfter(text, member);
  const span = spanOf(text, member.offset, comma === undefined ? endOf(member) : comma + 1);
  const siblings = member.parent?.children ?? [];
  const previous = siblings[siblings.indexOf(member) - 1];
  const before = previous === undefined || comma !== undefined ? undefined : commaAfter(text, previous);
  if (before === undefined) return [span];
  const isNext = text.slice(before + 1, member.offset).trim() === "" && !span.wholeLine;
  return isNext ? [{ offset: before, length: endOf(member) - before, content: "" }] : [{ offset: before, length: 1, content: "" }, span];
}

/** From `start` to `end` and the blanks behind it; the whole line where nothing else stands on it. */
function spanOf(text: string, start: number, end: number): Edit & { wholeLine: boolean } {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = /^[ \t]*\r?\n/.exec(text.slice(end));
  const wholeLine = lineEnd !== null && text.slice(lineStart, start).trim() === "";
  const from = wholeLine ? lineStart : start;
  const blanks = wholeLine ? lineEnd[0].length : (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0);
  return { offset: from, length: end + blanks - from, content: "", wholeLine };
}

/** Blanks and comments, then a comma. Written so that it cannot stop short inside a comment. */
const COMMA = /^(?:\s|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*,/;

function commaAfter(text: string, node: Node): number | undefined {
  const gap = COMMA.exec(text.slice(endOf(node)));
  return gap === null ? undefined : endOf(node) + gap[0].length - 1;
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function jsonAt(text: string, offset: number, value: JsonValue): string {
  const { unit, lineBreak } = formOf(text);
  return jsonOf(value, unit, lineBreak + indentAt(text, offset));
}

function jsonOf(value: JsonValue, unit: string, lineStart: string): string {
  return JSON.stringify(value, undefined, unit).replaceAll("\n", lineStart);
}

/** What the line that holds `offset` begins with. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1))?.[0] ?? "";
}

/** How this text is indented and how its lines end. */
function formOf(text: string): { unit: string; lineBreak: string } {
  return { unit: /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ", lineBreak: text.includes("\r\n") ? "\r\n" : "\n" };
}
