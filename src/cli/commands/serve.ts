/** `toolyard serve`: the gateway in the foreground, until a signal ends it. */

import { explain, ToolyardError } from "../../base/errors.ts";
import { VERSION } from "../../base/version.ts";
import { diffConfigs } from "../../config/diff.ts";
import { ConfigWatch } from "../../config/file/watch.ts";
import { loadConfig, readConfigText } from "../../config/load.ts";
import { openGateway, type Gateway } from "../../gateway/http.ts";
import { openToolyard } from "../../open.ts";
import { loadKey } from "../../store/key.ts";
import { createMetrics } from "../../telemetry/metrics.ts";
import type { Toolyard } from "../../toolyard.ts";
import { EXIT } from "../exit.ts";
import { findPlace, type Place } from "../place.ts";
import type { CommonOptions } from "../command.ts";
import { askGateway } from "../running/ask.ts";
import { openDoor } from "../running/door.ts";
import { runtimeFiles } from "../running/files.ts";
import { openOnce, removeRecord, type Running } from "../running/record.ts";
import { nextSignal } from "../signals.ts";
import { stderrLogger } from "../terminal/log.ts";
import { paint, type Output } from "../terminal/output.ts";
import { reportServers } from "../terminal/progress.ts";

export interface ServeOptions extends CommonOptions {
  readonly port?: number;
  readonly host?: string;
  readonly strict?: boolean;
  /** Of a gateway in the background: it ends so many ms after its last client. */
  readonly idleExit?: number;
}

/** What is fixed for as long as a gateway runs. */
const AT_START: ReadonlySet<string> = new Set(["limits", "gateway"]);

/** A yard and the gateway before it. */
interface Standing {
  readonly url: string;
  /** By which the commands of this user come in, whoever else has to show a key. */
  readonly token: string | undefined;
  readonly yard: Toolyard;
  readonly gateway: Gateway;
}

export async function run(output: Output, options: ServeOptions): Promise<number> {
  const ended = nextSignal();
  const place = await findPlace(options);
  if (options.strict === true) await refuseRejected(place);
  const idle = Promise.withResolvers<void>();
  const opened = await openOnce(place, () => open(place, options, output, idle.resolve));
  if ("found" in opened) return tellFound(opened.found, place, options, output);
  const { yard, gateway } = opened;
  try {
    const watch = await watchConfig(yard, place, output);
    announce(opened, place, output);
    await Promise.race([ended, idle.promise]);
    if (output.interactive) output.say("Ending …");
    await removeRecord(place);
    await Promise.all([watch.close(), gateway.close({ drainMs: yard.config.limits.drainMs })]);
    return EXIT.good;
  } finally {
    await removeRecord(place);
    await gateway.close();
    await yard.close();
  }
}

async function open(place: Place, options: ServeOptions, output: Output, idle: () => void): Promise<Standing> {
  const { paths, inputs, file } = place;
  const metrics = createMetrics();
  const key = await loadKey(paths.state);
  const logger = stderrLogger(output, { ownFile: options.idleExit !== undefined });
  const middlewares = [metrics.middleware];
  const yard = await openToolyard(file, { paths, inputs, logger, middlewares, startWhenUsed: true, clientsAnswer: true });
  const where = { ...yard.config.gateway, ...given(options) };
  const { host, port } = where;
  const rule = options.idleExit === undefined ? {} : { idle: { afterMs: options.idleExit, action: idle } };
  try {
    const auth = await openDoor(where, paths, logger);
    const gateway = await openGateway(yard, { host, port, auth, socket: runtimeFiles(place).socket, key, metrics, logger, ...rule });
    return { url: gateway.url, token: auth?.token, yard, gateway };
  } catch (error) {
    await yard.close();
    throw await withHolder(error, host, port);
  }
}

/** Names the process where another gateway has the port. */
async function withHolder(failure: unknown, host: string, port: number): Promise<unknown> {
  if (!(failure instanceof ToolyardError) || failure.code !== "PORT_IN_USE") return failure;
  const { pid } = await askGateway(`http://${host}:${port}`, "/healthz", { patienceMs: 500 }).catch(() => ({ pid: undefined }));
  if (typeof pid !== "number") return failure;
  return new ToolyardError("PORT_IN_USE", `${failure.message} Another gateway of Toolyard has it: process ${pid}.`, {}, failure);
}

function given({ host, port }: ServeOptions): { host?: string; port?: number } {
  return { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
}

/** In the background that is as good as to have started; a person wanted this very gateway. */
function tellFound({ url, pid }: Running, { file }: Place, { idleExit }: ServeOptions, output: Output): number {
  if (idleExit === undefined) {
    const mend = `Use it, or end it first: kill ${pid}`;
    throw new ToolyardError("PORT_IN_USE", `A gateway of ${file} runs already: process ${pid}, ${url}.`, { mend });
  }
  output.value({ url, pid });
  return EXIT.good;
}

/** @throws CONFIG_INVALID when an entry of a server is wrong */
async function refuseRejected({ file, paths, inputs }: Place): Promise<void> {
  const { rejected } = await loadConfig(file, { inputs, stateDir: paths.state });
  const wrong = [...rejected.values()].map(({ message, details, mend }) => `${details.at ?? file}: ${message} ${mend}`);
  if (wrong.length === 0) return;
  throw new ToolyardError("CONFIG_INVALID", wrong.join("\n"), { mend: "Without --strict these servers alone are left out." });
}

async function watchConfig(yard: Toolyard, place: Place, output: Output): Promise<ConfigWatch> {
  const { file, paths, inputs, mustBeTrusted } = place;
  const logger = stderrLogger(output);
  const events = {
    config: (config: Toolyard["config"]): void => {
      const later = diffConfigs(yard.config, config).settings.filter((key) => AT_START.has(key));
      yard.apply(config);
      logger.warn(`${file} was read again.`);
      if (later.length > 0) logger.warn(`What it says under ${later.join(" and ")} holds from the next start on.`);
      for (const error of config.rejected.values()) logger.warn(explain(error));
    },
    problem: (error: ToolyardError): void => logger.warn(`${explain(error)} What ran before goes on.`),
  };
  const fingerprintKey = await loadKey(paths.state);
  return await ConfigWatch.open(file, await readConfigText(file), events, { stateDir: paths.state, inputs, mustBeTrusted, fingerprintKey });
}

function announce({ url, yard }: Standing, { file }: Place, output: Output): void {
  if (output.json) return output.value({ url, pid: process.pid });
  output.say(paint("bold", `Toolyard ${VERSION}`), paint("dim", `  ${file}`));
  output.say("");
  void reportServers(yard, url, output);
}
