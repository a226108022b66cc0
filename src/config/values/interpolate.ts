/** Placeholders in the operator's own text: found and replaced in one pass, so that what is put in is never read again. */

export type Source = "env" | "file" | "secret" | "input";

/** What a placeholder stands for, or why that cannot be told. */
export type Found = { readonly value: string } | Lack;

export interface Lack {
  /** As a predicate: `needs the variable X, which is not set.` */
  readonly says: string;
  readonly mend: string;
}

export type Lookup = (source: Source, name: string) => Found;

/** A value that came from outside the text. */
export interface Taken {
  readonly source: Source;
  readonly name: string;
  readonly value: string;
}

export interface Expansion {
  readonly text: string;
  readonly taken: readonly Taken[];
  readonly lacks: readonly Lack[];
}

/** A literal opening, a whole placeholder, or an opening that is neither. */
const OPENING = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;

const BODY = /^(?:([a-z]+):)?(.*?)(?::-(.*))?$/s;

const MALFORMED: Lack = {
  says: 'holds a "${" that begins no placeholder.',
  mend: "Write ${env:NAME}, ${env:NAME:-default}, ${file:PATH}, ${secret:NAME} or ${input:NAME}, or $${ for a plain ${.",
};

/**
 * Replaces `${env:X}`, `${X}`, `${file:P}`, `${secret:N}` and `${input:x}`, each with `:-default` if wished (which
 * stands where the value is missing or empty). `$${` becomes `${`.
 */
export function expand(text: string, lookup: Lookup): Expansion {
  const taken: Taken[] = [];
  const lacks: Lack[] = [];
  const replaced = text.replaceAll(OPENING, (opening: string, body: string | undefined) => {
    if (opening === "$${") return "${";
    const placeholder = body === undefined ? undefined : parsePlaceholder(body);
    if (placeholder === undefined) {
      lacks.push(MALFORMED);
      return "";
    }
    const { source, name, fallback } = placeholder;
    const found = lookup(source, name);
    if ("value" in found && (found.value !== "" || fallback === undefined)) {
      taken.push({ source, name, value: found.value });
      return found.value;
    }
    if (fallback === undefined && "says" in found) lacks.push(found);
    return fallback ?? "";
  });
  return { text: replaced, taken, lacks };
}

/** True where {@link expand} would change something or complain. */
export function hasPlaceholder(text: string): boolean {
  return text.includes("${");
}

interface Placeholder {
  readonly source: Source;
  readonly name: string;
  readonly fallback: string | undefined;
}

function parsePlaceholder(body: string): Placeholder | undefined {
  const [, source = "env", name = "", fallback] = BODY.exec(body) ?? [];
  if (!isSource(source) || !NAMES[source].test(name)) return undefined;
  return { source, name, fallback };
}

const NAMES: Readonly<Record<Source, RegExp>> = {
  env: /^[A-Za-z_][A-Za-z0-9_]*$/,
  file: /^[^\0]+$/,
  secret: /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/,
  input: /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/,
};

function isSource(word: string): word is Source {
  return Object.hasOwn(NAMES, word);
}
