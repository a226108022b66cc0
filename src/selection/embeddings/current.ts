import { reveal } from "../../base/secret.ts";
import type { EmbeddingsConfig } from "../../config/config.ts";
import type { Meaning } from "./meaning.ts";

/** The endpoint that the configuration names now; another one when that changes, with what the old one had under way ended. */
export class CurrentMeaning {
  readonly #make: (config: EmbeddingsConfig) => Meaning;
  #held: { readonly key: string; readonly meaning: Meaning } | undefined;
  #ending: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(make: (config: EmbeddingsConfig) => Meaning) {
    this.#make = make;
  }

  of(config: EmbeddingsConfig | undefined): Meaning | undefined {
    if (this.#closed) return undefined;
    const key = config === undefined ? "" : keyOf(config);
    if (key === (this.#held?.key ?? "")) return this.#held?.meaning;
    this.#end();
    this.#held = config === undefined ? undefined : { key, meaning: this.#make(config) };
    return this.#held?.meaning;
  }

  /** Resolves when nothing is under way any more. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#end();
    await this.#ending;
  }

  #end(): void {
    const ended = this.#held?.meaning.close();
    this.#held = undefined;
    if (ended !== undefined) this.#ending = Promise.all([this.#ending, ended]);
  }
}

function keyOf({ url, model, headers }: EmbeddingsConfig): string {
  return JSON.stringify([url, model, Object.entries(headers).map(([name, value]) => [name, reveal(value)])]);
}
