/** Who may come in to a gateway, and what its operator had better know of that. */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { systemClock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { isLoopback } from "../../base/loopback.ts";
import type { Paths } from "../../base/paths.ts";
import type { GatewayConfig } from "../../config/config.ts";
import type { AuthOptions } from "../../gateway/auth/gate.ts";
import { KeyFile, keyFileIn } from "../../gateway/auth/key-file.ts";
import { cautionForFiles, cautionForFolder } from "../../store/private.ts";

const NOBODY_ASKS =
  "gateway.publicUrl says that others come in, and nobody is asked who they are. Set gateway.auth.keys to true, unless the proxy before it asks.";

/**
 * What callers are asked for; undefined: nothing.
 *
 * @throws STORE_UNAVAILABLE where the keys cannot be read
 */
export async function openDoor(gateway: GatewayConfig, paths: Paths, logger: Logger): Promise<AuthOptions | undefined> {
  const files = [cautionForFolder(paths.state), cautionForFolder(paths.runtime), cautionForFiles(join(paths.state, "secrets"))];
  for (const caution of [...(await Promise.all(files)), ...cautionsFor(gateway)]) if (caution !== undefined) logger.warn(caution);
  if (!gateway.auth.keys) return undefined;
  const keys = await KeyFile.open({ file: keyFileIn(paths.state), clock: systemClock, logger });
  if (keys.size === 0) logger.warn("Callers are asked for a key, and there is none yet: toolyard keys create --identity NAME");
  return { keys, token: randomBytes(32).toString("hex") };
}

function cautionsFor({ host, publicUrl, auth }: GatewayConfig): string[] {
  if (!auth.keys) return publicUrl === undefined || isLoopback(new URL(publicUrl).hostname) ? [] : [NOBODY_ASKS];
  if (isLoopback(host)) return [];
  const unknown = `Clients elsewhere are refused until gateway.publicUrl names the address by which they come: ${host} is none.`;
  const open =
    "Keys cross the network unencrypted: put a proxy with TLS before the gateway, and its https:// address into gateway.publicUrl.";
  return [...(publicUrl === undefined && isWildcard(host) ? [unknown] : []), ...(publicUrl?.startsWith("https:") === true ? [] : [open])];
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
