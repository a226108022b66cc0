/** A throw-away authority and a server certificate by it, good or bad: hand-written DER, since Node makes keys but no certificates. */

import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** The authority's certificate (PEM), for clients to trust. */
  readonly ca: string;
}

interface Subject {
  readonly name: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly validTo: Date;
}

/** @param kind `expired` ended yesterday; `wrong-name` is for another host than 127.0.0.1 and localhost */
export function makeCertificate(kind: "good" | "expired" | "wrong-name"): Certificate {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const host = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const days = (count: number): Date => new Date(Date.now() + count * 86_400_000);
  const names =
    kind === "wrong-name"
      ? [tlv(0x82, Buffer.from("elsewhere.example"))]
      : [tlv(0x82, Buffer.from("localhost")), tlv(0x87, Buffer.from([127, 0, 0, 1]))];
  const ca = certify(
    {
      name: "Hostile authority",
      key: authority.publicKey,
      extensions: [extension("551d13", sequence(tlv(1, Buffer.from([255]))))],
      validTo: days(2),
    },
    authority.privateKey,
  );
  const leaf: Subject = {
    name: "Hostile server",
    key: host.publicKey,
    extensions: [extension("551d11", sequence(...names))],
    validTo: days(kind === "expired" ? -1 : 2),
  };
  return { key: host.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert: certify(leaf, authority.privateKey), ca };
}

/** RFC 5280 section 4.1, as little of it as OpenSSL accepts. */
function certify({ name, key, extensions, validTo }: Subject, signer: KeyObject): string {
  const ecdsaWithSha256 = sequence(tlv(6, Buffer.from("2a8648ce3d040302", "hex")));
  const from = new Date(validTo.getTime() - 10 * 86_400_000);
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const body = sequence(
    tlv(0xa0, tlv(2, Buffer.from([2]))),
    tlv(2, serial),
    ecdsaWithSha256,
    distinguishedName("Hostile authority"),
    sequence(time(from), time(validTo)),
    distinguishedName(name),
    key.export({ type: "spki", format: "der" }),
    tlv(0xa3, sequence(...extensions)),
  );
  const signature = tlv(3, Buffer.concat([Buffer.from([0]), sign("sha256", body, signer)]));
  const der = sequence(body, ecdsaWithSha256, signature).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${der.match(/.{1,64}/g)?.join("\n") ?? ""}\n-----END CERTIFICATE-----\n`;
}

function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function distinguishedName(name: string): Buffer {
  return sequence(tlv(0x31, sequence(tlv(6, Buffer.from("550403", "hex")), tlv(12, Buffer.from(name)))));
}

function extension(oid: string, value: Buffer): Buffer {
  return sequence(tlv(6, Buffer.from(oid, "hex")), tlv(4, value));
}

/** UTCTime: `YYMMDDHHMMSSZ`. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  return tlv(0x17, Buffer.from(digits.slice(2)));
}
