/** Exposed names on one side, names that every model and framework takes as they are on the other; each pair stays for good. */

import { sha256 } from "../base/digest.ts";

const LEGAL = /^[A-Za-z0-9_]{1,64}$/;
const LONGEST = 64;

export class ToolNames {
  readonly #toModel = new Map<string, string>();
  readonly #toExposed = new Map<string, string>();

  /** Takes in names that belong together: those that need no change get theirs before the others do. */
  learn(exposed: readonly string[]): void {
    for (const name of exposed) if (LEGAL.test(name)) this.toModel(name);
    for (const name of exposed) this.toModel(name);
  }

  /** The name that the model gets. */
  toModel(exposed: string): string {
    const known = this.#toModel.get(exposed);
    if (known !== undefined) return known;
    const name = this.#free(exposed);
    this.#toModel.set(exposed, name);
    this.#toExposed.set(name, exposed);
    return name;
  }

  /** What the model called, as the source knows it; a name that was never given out stays as it is. */
  toExposed(name: string): string {
    return this.#toExposed.get(name) ?? name;
  }

  #free(exposed: string): string {
    const plain = exposed.replaceAll(/[^A-Za-z0-9_]/g, "_");
    if (plain.length <= LONGEST && plain !== "" && !this.#toExposed.has(plain)) return plain;
    for (let round = 0; ; round++) {
      const suffix = `_${sha256(`${round}:${exposed}`).slice(0, 6)}`;
      const name = plain.slice(0, LONGEST - suffix.length) + suffix;
      if (!this.#toExposed.has(name)) return name;
    }
  }
}
