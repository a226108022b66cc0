/**
 * `toolyard stdio`: the bridge between a host and the gateway of a configuration, which is started in the background
 * where none runs. It loads next to nothing, since hosts start it often.
 */

import { connectSocket } from "../../gateway/socket.ts";
import { EXIT } from "../exit.ts";
import { findPlace, type Place } from "../place.ts";
import type { CommonOptions } from "../command.ts";
import { carry } from "../running/bridge.ts";
import { runtimeFiles } from "../running/files.ts";
import type { Output } from "../terminal/output.ts";
import type { OwnOptions } from "./stdio-own.ts";

export interface StdioOptions extends CommonOptions, OwnOptions {
  /** Everything in this process, nothing in the background. */
  readonly own?: boolean;
  /** How long a gateway that this starts stays without a client, in ms. */
  readonly idleExit?: number;
}

const IDLE_MS = 10 * 60_000;

export async function run(output: Output, options: StdioOptions): Promise<number> {
  const place = await findPlace(options);
  if (options.own !== true) return await bridge(place, options, output);
  const { serveOwn } = await import("./stdio-own.ts");
  return await serveOwn(place, options, output);
}

async function bridge(place: Place, { toolset, surface, idleExit = IDLE_MS }: StdioOptions, output: Output): Promise<number> {
  const path = toolset === undefined ? "/mcp" : `/mcp/${encodeURIComponent(toolset)}`;
  const endpoint = surface === undefined ? path : `${path}?surface=${surface}`;
  const present = await connectSocket(runtimeFiles(place).socket, endpoint);
  const socket = present ?? (await (await import("../running/background.ts")).startGateway(place, endpoint, idleExit));
  const left = await carry(socket, process);
  process.stdin.destroy();
  if (left === "host") return EXIT.good;
  output.say("The gateway has ended, and with it this bridge. The next one finds or starts another.");
  return EXIT.failed;
}
