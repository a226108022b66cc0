/** Port Store: small named values that outlive a process. One shared suite (`store.suite.ts`) holds every implementation to it. */

export interface Store {
  /** The value under `key`, or undefined when there is none, it has expired, or it cannot be read. */
  get(key: string): Promise<string | undefined>;
  /**
   * Keeps `value` under `key`, wholly or not at all.
   *
   * @param key letters, digits, `.`, `_`, `-` and `/` (a folder)
   * @param ttlMs milliseconds until it expires; without it, never
   * @throws STORE_UNAVAILABLE when it cannot be kept
   */
  set(key: string, value: string, ttlMs?: number): Promise<void>;
  /** Forgets `key`; no error when it is not there. */
  delete(key: string): Promise<void>;
  /** The keys that begin with `prefix`, in order. */
  keys(prefix: string): Promise<string[]>;
}
