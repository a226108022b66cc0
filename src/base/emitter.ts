/** A small typed emitter. A listener that throws is reported and never stops the others. */

type Listener<T> = (event: T) => void;

export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #report: (error: unknown) => void;

  /** @param report told of what a listener throws */
  constructor(report: (error: unknown) => void = () => {}) {
    this.#report = report;
  }

  /** Adds a listener and returns its remover. */
  on<K extends keyof Events>(name: K, listener: Listener<Events[K]>): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set);
    set.add(listener);
    return () => void set.delete(listener);
  }

  emit<K extends keyof Events>(name: K, event: Events[K]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])] as Listener<Events[K]>[]) {
      try {
        listener(event);
      } catch (error) {
        this.#report(error);
      }
    }
  }

  /** Drops every listener. */
  clear(): void {
    this.#listeners.clear();
  }
}
