/** Who may come in to a gateway, and what its operator had better know of that. */

import { randomBytes } from "node:crypto";
import { systemClock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { isLoopback } from "../../base/loopback.ts";
import type { Paths } from "../../base/paths.ts";
import type { GatewayConfig } from "../../config/config.ts";
import type { AuthOptions } from "../../gateway/auth/gate.ts";
import { KeyFile, keyFileIn } from "../../gateway/auth/key-file.ts";
import { cautionForFolder } from "../../store/private.ts";

/**
 * What callers are asked for; undefined: nothing.
 *
 * @throws STORE_UNAVAILABLE where the keys cannot be read
 */
export async function openDoor(gateway: GatewayConfig, paths: Paths, logger: Logger): Promise<AuthOptions | undefined> {
  for (const folder of [paths.state, paths.runtime]) {
    const caution = await cautionForFolder(folder);
    if (caution !== undefined) logger.warn(caution);
  }
  if (!gateway.auth.keys) return undefined;
  for (const caution of cautionsFor(gateway)) logger.warn(caution);
  const keys = await KeyFile.open({ file: keyFileIn(paths.state), clock: systemClock, logger });
  if (keys.size === 0) logger.warn("Callers are asked for a key, and there is none yet: toolyard keys create --identity NAME");
  return { keys, token: randomBytes(32).toString("hex") };
}

function cautionsFor({ host, publicUrl }: GatewayConfig): string[] {
  if (isLoopback(host)) return [];
  const unknown = `Clients elsewhere are refused until gateway.publicUrl names the address by which they come: ${host} is none.`;
  const open =
    "Keys cross the network unencrypted: put a proxy with TLS before the gateway, and its https:// address into gateway.publicUrl.";
  return [...(publicUrl === undefined && isWildcard(host) ? [unknown] : []), ...(publicUrl?.startsWith("https:") === true ? [] : [open])];
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
