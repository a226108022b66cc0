/** Changes to a configuration file that keep its comments and its form. Pure: text in, text out. */

import { applyEdits, type Edit, findNodeAtLocation, modify, type Node, parseTree, stripComments } from "jsonc-parser";
import { ToolyardError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { didYouMean } from "../nearest.ts";
import { quote } from "../problems.ts";

/** A change to the text of a configuration. @throws USAGE where it does not apply */
export type ConfigEdit = (text: string) => string;

/** Adds a server at the end; `replace` allows one of that name to be there already, and keeps its place. */
export function addServer(name: string, entry: JsonObject, { replace = false } = {}): ConfigEdit {
  return onBody((text) => {
    const servers = serversIn(text);
    if (servers === undefined || servers.children?.length === 0) return set(text, ["mcpServers"], { [name]: entry });
    if (findNodeAtLocation(servers, [name]) === undefined) return append(text, servers, name, entry);
    if (replace) return set(text, ["mcpServers", name], entry);
    throw new ToolyardError("USAGE", `There is a server ${quote(name)} already.`, {
      server: name,
      mend: "Take another name, or remove it first.",
    });
  });
}

export function removeServer(name: string): ConfigEdit {
  return onBody((text) => {
    requireServer(text, name);
    return set(text, ["mcpServers", name], undefined);
  });
}

export function enableServer(name: string): ConfigEdit {
  return onBody((text) => {
    requireServer(text, name);
    return set(set(text, ["mcpServers", name, "disabled"], undefined), ["mcpServers", name, "enabled"], undefined);
  });
}

export function disableServer(name: string): ConfigEdit {
  return onBody((text) => {
    requireServer(text, name);
    return set(text, ["mcpServers", name, "disabled"], true);
  });
}

function requireServer(text: string, name: string): void {
  const servers = serversIn(text);
  if (servers !== undefined && findNodeAtLocation(servers, [name]) !== undefined) return;
  const known = (servers?.children ?? []).map((member) => String(member.children?.[0]?.value));
  throw new ToolyardError("USAGE", `There is no server ${quote(name)}.${didYouMean(name, known)}`, { server: name });
}

/** Offsets must not count a byte order mark, but it must stay. */
function onBody(edit: ConfigEdit): ConfigEdit {
  return (text) => (text.startsWith("\uFEFF") ? `\uFEFF${edit(text.slice(1))}` : edit(text));
}

function serversIn(text: string): Node | undefined {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  return tree === undefined ? undefined : findNodeAtLocation(tree, ["mcpServers"]);
}

function set(text: string, path: string[], value: unknown): string {
  const { unit, lineBreak } = formOf(text);
  const formattingOptions = { insertSpaces: !unit.startsWith("\t"), tabSize: unit.length, eol: lineBreak };
  return applyEdits(text, modify(text, path, value, { formattingOptions }));
}

/** Puts a member behind the last one and behind the comment that may follow that. */
function append(text: string, object: Node, name: string, value: JsonObject): string {
  const { unit, lineBreak } = formOf(text);
  const last = object.children?.at(-1);
  const lastEnd = last === undefined ? object.offset + 1 : last.offset + last.length;
  const closing = object.offset + object.length - 1;
  const contentEnd = text.slice(0, closing).trimEnd().length;
  const outer = /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", closing) + 1))?.[0] ?? "";
  const json = JSON.stringify(value, undefined, unit).replaceAll("\n", `${lineBreak}${outer}${unit}`);
  const member = `${lineBreak}${outer}${unit}${JSON.stringify(name)}: ${json}${lineBreak}${outer}`;
  const edits: Edit[] = [{ offset: contentEnd, length: closing - contentEnd, content: member }];
  if (!stripComments(text.slice(lastEnd, closing)).trimStart().startsWith(",")) edits.push({ offset: lastEnd, length: 0, content: "," });
  return applyEdits(text, edits);
}

/** How this text is indented and how its lines end. */
function formOf(text: string): { unit: string; lineBreak: string } {
  return { unit: /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ", lineBreak: text.includes("\r\n") ? "\r\n" : "\n" };
}
