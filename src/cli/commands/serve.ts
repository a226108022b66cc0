/** `toolyard serve`: the gateway in the foreground, until a signal ends it. */

import { silentLogger, type Logger } from "../../base/log.ts";
import { ConfigWatch } from "../../config/file/watch.ts";
import { readConfigText } from "../../config/load.ts";
import { openGateway, type Gateway } from "../../gateway/http.ts";
import { openToolyard } from "../../open.ts";
import { loadKey } from "../../store/key.ts";
import type { Toolyard } from "../../toolyard.ts";
import { EXIT } from "../exit.ts";
import type { Output } from "../output.ts";
import { findPlace, type Place } from "../place.ts";
import type { CommonOptions } from "../program.ts";
import { removeRecord, runtimeFiles, writeRecord } from "../running.ts";
import { reportServers } from "../progress.ts";

export interface ServeOptions extends CommonOptions {
  readonly port?: number;
  readonly host?: string;
  readonly strict?: boolean;
}

export async function run(output: Output, options: ServeOptions): Promise<number> {
  const place = await findPlace(options);
  const stopped = untilSignal();
  const { createMetrics } = await import("../../telemetry/metrics.ts");
  const metrics = createMetrics();
  const yard = await openToolyard(place.file, {
    paths: place.paths,
    inputs: place.inputs,
    logger: loggerFor(output),
    middlewares: [metrics.middleware],
  });
  try {
    if (options.strict === true && yard.config.rejected.size > 0) return refuse(yard, output);
    const { limits, gateway: configured } = yard.config;
    const gateway = await openGateway(yard, {
      host: options.host ?? configured.host,
      port: options.port ?? configured.port,
      socket: runtimeFiles(place.paths, place.file).socket,
      key: await loadKey(place.paths.state),
      metrics,
    });
    const end = await stand(yard, gateway, place, output);
    await stopped;
    output.say("Ending …");
    await end(limits.drainMs);
    return EXIT.good;
  } finally {
    await yard.close();
  }
}

/** Announces the gateway and watches its configuration; returns what ends it. */
async function stand(yard: Toolyard, gateway: Gateway, place: Place, output: Output): Promise<(drainMs: number) => Promise<void>> {
  const socket = runtimeFiles(place.paths, place.file).socket;
  await writeRecord(place.paths, { url: gateway.url, pid: process.pid, socket, config: place.file });
  const watch = await watchConfig(yard, place, output);
  if (output.json) output.data(JSON.stringify({ url: gateway.url, pid: process.pid }));
  else void reportServers(yard, gateway.url, output);
  return async (drainMs) => {
    await removeRecord(place.paths, place.file);
    await Promise.all([watch.close(), gateway.close({ drainMs })]);
  };
}

async function watchConfig(yard: Toolyard, { file, paths, inputs }: Place, output: Output): Promise<ConfigWatch> {
  const key = await loadKey(paths.state);
  return await ConfigWatch.open(
    file,
    await readConfigText(file),
    {
      config: (config) => {
        yard.apply(config);
        output.say(`${file} was read again.`);
      },
      problem: (error) => output.say(`${output.paint("yellow", "kept the running configuration:")} ${error.message} ${error.mend}`),
    },
    { env: process.env, stateDir: paths.state, inputs, fingerprintKey: key },
  );
}

function refuse(yard: Toolyard, output: Output): number {
  for (const error of yard.config.rejected.values()) output.say(`${error.details.at ?? ""}: ${error.message} ${error.mend}`);
  return EXIT.usage;
}

/** Warnings for a person; with --json everything else stays away from the terminal too. */
function loggerFor(output: Output): Logger {
  const warn = (message: string): void => output.say(`${output.paint("dim", "·")} ${message}`);
  return output.json ? silentLogger : { ...silentLogger, warn, error: warn };
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
}
