import { Secret } from "../../base/secret.ts";
import { expand, hasPlaceholder, type Lookup } from "./interpolate.ts";
import type { Path, Problem } from "../problems.ts";
import { isSecretSource, isSensitive, partsOf } from "./sensitive.ts";

/**
 * What becomes of placeholders: replaced; plain text, since they came from somebody else than the operator; or left
 * to stand, since the entry is disabled and need not have what they name.
 */
export type Placeholders = Lookup | "literal" | "draft";

/** Shorter values are left out of `secrets`: to hide `1` or `true` wherever it stands would spoil every message. */
const SHORTEST_HIDDEN = 6;

/** Keys of an entry whose text goes out to a server: what is lacking in it would not be noticed here, but there. */
const SENT: ReadonlySet<string | number | undefined> = new Set(["headers", "url", "serverUrl", "httpUrl"]);

/** Replaces the placeholders of one entry, and takes down on the way what is wrong and what must not be shown. */
export class Expander {
  readonly #base: Path;
  readonly #placeholders: Placeholders;
  readonly #problems: Problem[] = [];
  readonly #secrets = new Set<string>();

  /** @param base where the entry stands in the configuration */
  constructor(base: Path, placeholders: Placeholders) {
    this.#base = base;
    this.#placeholders = placeholders;
  }

  /** True where the entry is not to be used as it is, so that what cannot be known yet is not looked at. */
  isDraft(text: string): boolean {
    return this.#placeholders === "draft" && hasPlaceholder(text);
  }

  get problems(): readonly Problem[] {
    return this.#problems;
  }

  get secrets(): readonly Secret[] {
    return [...this.#secrets].map((value) => new Secret(value));
  }

  /** Takes down a problem. */
  fail(path: Path, says: string, mend?: string): undefined {
    this.#problems.push({ path: [...this.#base, ...path], says, mend });
  }

  /** Takes down a secret. */
  keep(value: string): Secret {
    for (const part of partsOf(value)) if (part.length >= SHORTEST_HIDDEN) this.#secrets.add(part);
    return new Secret(value);
  }

  /** The text with its placeholders replaced. */
  text(text: string, path: Path): string {
    return this.#expand(text, path).text;
  }

  /** Named texts, of which those that must not be shown become Secrets. */
  values(values: Readonly<Record<string, string>>, path: Path): Record<string, string | Secret> {
    const entries = Object.entries(values).map(([name, value]): [string, string | Secret] => {
      const { text, secret } = this.#expand(value, [...path, name]);
      if (isSensitive(name, text)) return [name, this.keep(text)];
      return [name, secret ? new Secret(text) : text];
    });
    return Object.fromEntries(entries);
  }

  #expand(given: string, path: Path): { text: string; secret: boolean } {
    if (typeof this.#placeholders === "string") return { text: given, secret: false };
    const { text, taken, lacks } = expand(given, this.#placeholders);
    for (const { says, mend } of lacks) this.fail(path, says, mend);
    const empty = taken.find(({ value }) => value === "");
    if (empty !== undefined && SENT.has(path[0])) {
      const { source, name } = empty;
      this.fail(path, `needs ${source}:${name}, which is empty.`, `Set it, or allow it to be empty: \${${source}:${name}:-}.`);
    }
    const secret = taken.filter(isSecretSource);
    for (const { value } of secret) this.keep(value);
    if (text.includes("\0")) this.fail(path, "holds a NUL character.");
    return { text, secret: secret.length > 0 };
  }
}
