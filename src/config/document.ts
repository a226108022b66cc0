/** JSON with comments, read so that every problem can be pointed at. */

import { findNodeAtLocation, type Node, type ParseError, parseTree, getNodeValue, printParseErrorCode } from "jsonc-parser";
import type { Locate, Path, Place, Problem } from "./problems.ts";

export interface Document {
  readonly value: unknown;
  readonly locate: Locate;
  /** A syntax error (then the only one, since others would follow from it), or keys that stand twice. */
  readonly problems: readonly Problem[];
}

/** @param file as it is to be named in messages */
export function parseDocument(text: string, file: string): Document {
  try {
    return readDocument(text, file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // of the stack: the parser goes down with the nesting
    const problem: Problem = { path: [], says: "is nested too deeply.", mend: "No setting needs more than a few levels." };
    return { value: undefined, locate: () => ({ at: `${file}:1:1`, offset: 0 }), problems: [problem] };
  }
}

function readDocument(text: string, file: string): Document {
  const errors: ParseError[] = [];
  const body = text.replace(/^\uFEFF/, " ");
  const tree = parseTree(body, errors, { allowTrailingComma: true });
  const place = (offset: number): Place => ({ at: `${file}:${positionOf(body, offset)}`, offset });
  const [error] = errors;
  if (tree === undefined || error !== undefined) return unreadable(body, place(error?.offset ?? 0), error);
  return {
    value: getNodeValue(tree),
    locate: (problem) => place(offsetOf(tree, problem)),
    problems: duplicates(tree, []),
  };
}

const SYNTAX: Readonly<Record<string, string>> = {
  InvalidSymbol: "holds a word that JSON does not have.",
  InvalidNumberFormat: "holds a number that JSON does not have.",
  PropertyNameExpected: "lacks the name of a key, in double quotes.",
  ValueExpected: "lacks a value.",
  ColonExpected: "lacks a colon.",
  CommaExpected: "lacks a comma.",
  CloseBraceExpected: "lacks a closing }.",
  CloseBracketExpected: "lacks a closing ].",
  EndOfFileExpected: "goes on after its end.",
  InvalidCommentToken: "holds a comment that JSON does not have.",
  UnexpectedEndOfComment: "holds a comment that is not closed.",
  UnexpectedEndOfString: "holds a text that is not closed.",
  UnexpectedEndOfNumber: "holds a number that is cut off.",
  InvalidUnicode: "holds a \\u that is not four hex digits.",
  InvalidEscapeCharacter: "holds a backslash before a character that needs none.",
  InvalidCharacter: "holds a character that must be escaped.",
};

function unreadable(text: string, place: Place, error: ParseError | undefined): Document {
  const says = text.trim() === "" || error === undefined ? "is empty." : (SYNTAX[printParseErrorCode(error.error)] ?? "is not JSON.");
  const problem: Problem = { path: [], says, mend: "Correct the text there; comments and trailing commas are allowed." };
  return { value: undefined, locate: () => place, problems: [problem] };
}

function positionOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Where the path ends in the text; where it leads nowhere, where it stops. */
function offsetOf(tree: Node, { path, key = false }: Problem): number {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node === undefined) continue;
    const atKey = key && length === path.length;
    return (atKey ? node.parent?.children?.[0] : node)?.offset ?? node.offset;
  }
  return tree.offset;
}

function duplicates(node: Node, path: Path): Problem[] {
  const seen = new Set<string>();
  return (node.children ?? []).flatMap((child, index) => {
    if (node.type === "array") return duplicates(child, [...path, index]);
    const [key, value] = child.children ?? [];
    const name = String(key?.value);
    const twice: Problem[] = seen.has(name) ? [{ path: [...path, name], says: "stands twice.", key: true, mend: "Keep one of them." }] : [];
    seen.add(name);
    return [...twice, ...(value === undefined ? [] : duplicates(value, [...path, name]))];
  });
}
