/**
 * API keys: `ty_ID_SECRET`. The id is public and finds the key, the secret is 256 random bits, so its plain SHA-256 is all
 * that is kept: there is nothing to guess that a slow hash would protect.
 */

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/** A key as it is kept: everything but the secret. */
export interface Key {
  readonly id: string;
  /** Whose it is. */
  readonly identity: string;
  /** What it opens; undefined: everything. */
  readonly scope: KeyScope | undefined;
  /** How its caller's model is shown tools, where the address does not say; undefined: as the configuration says. */
  readonly surface: KeySurface | undefined;
  /** SHA-256 of the whole key, in hex. */
  readonly digest: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch; undefined: never. */
  readonly expiresAt: number | undefined;
}

/** What one of these toolsets or servers gives. */
export interface KeyScope {
  readonly toolsets: readonly string[];
  readonly servers: readonly string[];
}

export type KeySurface = "all" | "search";

export interface Order {
  readonly identity: string;
  readonly scope: KeyScope | undefined;
  readonly surface: KeySurface | undefined;
  readonly expiresAt: number | undefined;
}

const SHAPE = /^ty_([0-9a-f]{12})_[0-9a-f]{64}$/;
const DIGEST_BYTES = 32;
const IDENTITY = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;
/** Who comes without a key: by the local socket, or where nobody is asked. */
export const LOCAL_IDENTITY = "local";

/** Makes a key; `secret` is shown once and kept nowhere. @param now milliseconds since the epoch */
export function mintKey(order: Order, now: number): { readonly key: Key; readonly secret: string } {
  const id = randomBytes(6).toString("hex");
  const secret = `ty_${id}_${randomBytes(32).toString("hex")}`;
  return { key: { id, ...order, digest: digestOf(secret).toString("hex"), createdAt: now }, secret };
}

/** What is wrong with an identity, as a predicate; undefined: nothing. */
export function identityFault(identity: string): string | undefined {
  if (identity === LOCAL_IDENTITY) return "is who comes without a key, and cannot have one.";
  return IDENTITY.test(identity) ? undefined : "must be at most 64 letters, digits, and . _ @ + - after the first.";
}

/** The id that a key names; undefined for what is no key. */
export function idIn(secret: string): string | undefined {
  return SHAPE.exec(secret)?.[1];
}

/** Compares digests in constant time; a key that is not there takes as long as one that is wrong. */
export function isOf(key: Key | undefined, secret: string): boolean {
  const right = key === undefined ? Buffer.alloc(DIGEST_BYTES) : Buffer.from(key.digest, "hex");
  return timingSafeEqual(digestOf(secret), right) && key !== undefined;
}

/** Are two secrets equal? Takes as long whatever they are. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other));
}

/** @param now milliseconds since the epoch */
export function isExpired({ expiresAt }: Pick<Key, "expiresAt">, now: number): boolean {
  return expiresAt !== undefined && now >= expiresAt;
}

/** The file of keys, as text. */
export function writeKeys(keys: readonly Key[]): string {
  return `${JSON.stringify({ version: 1, keys }, undefined, 2)}\n`;
}

const names = z.array(z.string());
const keySchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  identity: z.string().refine((identity) => identityFault(identity) === undefined),
  scope: z.strictObject({ toolsets: names, servers: names }).optional(),
  surface: z.enum(["all", "search"]).optional(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.number(),
  expiresAt: z.number().optional(),
});
const fileSchema = z.strictObject({ version: z.literal(1), keys: z.array(keySchema) });

/** @throws Error for a text that is not whole, or says what this version does not know: to leave that out might open what it closes */
export function parseKeys(text: string): Key[] {
  const read = fileSchema.safeParse(JSON.parse(text));
  if (!read.success) throw new Error(`it is broken at ${read.error.issues[0]?.path.join(".") ?? "its beginning"}`);
  return read.data.keys.map((key) => ({ ...key, scope: key.scope, surface: key.surface, expiresAt: key.expiresAt }));
}

function digestOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
