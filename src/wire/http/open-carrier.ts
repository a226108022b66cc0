import type { CarrierOptions, HttpCarrier } from "./carrier.ts";
import { NodeCarrier } from "./node-carrier.ts";
import { PlainCarrier } from "./plain-carrier.ts";

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** The carrier for one server. @param url of the server; everything that is sent goes to its origin */
export function openCarrier(url: string, options: CarrierOptions): HttpCarrier {
  const { protocol, hostname } = new URL(url);
  const proxied = !LOOPBACK.test(hostname) && (options.env["HTTP_PROXY"] ?? options.env["http_proxy"] ?? "") !== "";
  return protocol === "http:" && !proxied ? new PlainCarrier(options) : new NodeCarrier(options);
}
