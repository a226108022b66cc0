import { Secret } from "../base/secret.ts";
import { expand, type Lookup } from "./interpolate.ts";
import type { Path, Problem } from "./problems.ts";
import { isSecretSource, isSensitive, partsOf } from "./sensitive.ts";

/** Replaces the placeholders of one entry, and takes down on the way what is wrong and what must not be shown. */
export class Expander {
  readonly #base: Path;
  readonly #lookup: Lookup | undefined;
  readonly #problems: Problem[] = [];
  readonly #secrets = new Set<string>();

  /**
   * @param base where the entry stands in the configuration
   * @param lookup without it, placeholders are left as they are
   */
  constructor(base: Path, lookup: Lookup | undefined) {
    this.#base = base;
    this.#lookup = lookup;
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
    for (const part of partsOf(value)) this.#secrets.add(part);
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
    if (this.#lookup === undefined) return { text: given, secret: false };
    const { text, taken, lacks } = expand(given, this.#lookup);
    for (const { says, mend } of lacks) this.fail(path, says, mend);
    const secret = taken.filter(isSecretSource);
    for (const { value } of secret) this.keep(value);
    if (text.includes("\0")) this.fail(path, "holds a NUL character.");
    return { text, secret: secret.length > 0 };
  }
}
