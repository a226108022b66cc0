/** Sealed texts: readable by anyone, made by nobody else. What a client has to bring back to us is sealed. */

import { createHmac, timingSafeEqual } from "node:crypto";
import { isObject, type JsonObject } from "../base/json.ts";

export class Seal {
  readonly #key: Buffer;
  readonly #prefix: string;

  /**
   * @param key of the state directory; each purpose is sealed with a key of its own, made from it
   * @param purpose what is sealed; what was sealed for another one does not open
   * @param prefix what the texts begin with
   */
  constructor(key: Buffer, purpose: string, prefix: string) {
    this.#key = createHmac("sha256", key).update(purpose).digest();
    this.#prefix = prefix;
  }

  seal(value: JsonObject): string {
    const payload = Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${this.#prefix}.${payload}.${this.#mac(payload)}`;
  }

  /** Undefined for what was not sealed with this key and for this purpose. */
  open(text: string): JsonObject | undefined {
    const [prefix, payload = "", mac = "", ...rest] = text.split(".");
    if (prefix !== this.#prefix || rest.length > 0 || !this.#isMac(mac, payload)) return undefined;
    const value: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return isObject(value) ? value : undefined;
  }

  /** The texts are compared, not the bytes that they stand for: several texts stand for the same bytes. */
  #isMac(mac: string, payload: string): boolean {
    const given = Buffer.from(mac, "latin1");
    const right = Buffer.from(this.#mac(payload), "latin1");
    return given.length === right.length && timingSafeEqual(given, right);
  }

  #mac(payload: string): string {
    return createHmac("sha256", this.#key).update(payload).digest("base64url");
  }
}
