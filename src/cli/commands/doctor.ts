/** `toolyard doctor`: looks at everything, from Node to the last server, and says what to mend. It changes nothing. */

import { toToolyardError, type ToolyardError } from "../../base/errors.ts";
import { pathsFrom } from "../../base/paths.ts";
import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { EXIT } from "../exit.ts";
import { findPlace, type Place } from "../place.ts";
import type { CommonOptions } from "../command.ts";
import { showSection, type Finding, type Section } from "../doctor/finding.ts";
import { limitsOf, type Limit } from "../doctor/limits.ts";
import { examinePort } from "../doctor/port.ts";
import { examineProgram } from "../doctor/program.ts";
import { examineCautions, examineNames, examineServers, examineSharing, examineWithheld } from "../doctor/servers.ts";
import { examineState } from "../doctor/state.ts";
import { findRunning, type Running } from "../running/record.ts";
import { paint, type Output } from "../terminal/output.ts";
import { table } from "../terminal/table.ts";
import { serversBehind, toolsBehind } from "../running/lists.ts";
import { withOwnYard } from "../yard.ts";

export interface DoctorOptions extends CommonOptions {
  readonly timeout?: number;
}

const WAIT_MS = 60_000;
const COLUMNS = [{ title: "  LIMIT" }, { title: "VALUE" }, { title: "DEFAULT" }];

/** Where the configuration is, and what it says; a fault where it cannot be used. */
interface Read {
  readonly place?: Place;
  readonly config?: Config;
  readonly fault?: ToolyardError;
}

export async function run(output: Output, options: DoctorOptions): Promise<number> {
  const read = await readConfig(options);
  const sections = await examine(read, options);
  const limits = limitsOf(read.config);
  if (output.json) output.value({ file: read.place?.file, sections: asObject(sections), limits }, 2);
  else show(sections, limits, output);
  if (read.config === undefined || read.config.rejected.size > 0) return EXIT.usage;
  return sections.some(({ findings }) => findings.some(({ level }) => level === "bad")) ? EXIT.failed : EXIT.good;
}

async function examine(read: Read, options: DoctorOptions): Promise<Section[]> {
  const { place, config } = read;
  // Files are looked at before any server is started: a start tidies up.
  const files = await examineState(place ?? { ...NOWHERE, paths: pathsFrom(process.env) }, config);
  const known = [
    { title: "Program", findings: examineProgram() },
    { title: "Configuration", findings: examineConfig(read) },
    { title: "State", findings: files },
  ];
  if (place === undefined || config === undefined) return known;
  const running = await findRunning(place);
  const gateway = { title: "Gateway", findings: await examinePort(config.gateway, running) };
  return [...known, gateway, ...(await examineYard(place, config, running, options))];
}

const NOWHERE = { file: "", mustBeTrusted: false, inputs: new Map<string, string>() };

async function readConfig(options: DoctorOptions): Promise<Read> {
  let place: Place | undefined;
  try {
    place = await findPlace(options);
    return { place, config: await loadConfig(place.file, { inputs: place.inputs, stateDir: place.paths.state }) };
  } catch (error) {
    return { ...(place === undefined ? {} : { place }), fault: toToolyardError(error) };
  }
}

function examineConfig({ place, config, fault }: Read): Finding[] {
  if (fault !== undefined) return [faultOf(place?.file ?? "file", fault)];
  if (place === undefined || config === undefined) return [];
  const wrong = [...config.rejected].map(([name, error]) => faultOf(name, error));
  return [
    { about: "file", level: "good", says: place.file },
    ...wrong,
    ...examineCautions(config),
    ...examineWithheld(config, process.env),
  ];
}

function faultOf(about: string, { message, details, mend }: ToolyardError): Finding {
  return { about, level: "bad", says: details.at === undefined ? message : `${details.at}: ${message}`, mend };
}

/** What a running gateway says of its servers; else they are started for this. */
async function examineYard(place: Place, config: Config, running: Running | undefined, { timeout }: DoctorOptions): Promise<Section[]> {
  const timeoutMs = timeout ?? WAIT_MS;
  if (running !== undefined) {
    const tools = await toolsBehind(running, "", timeoutMs);
    const named = tools.map(({ name }) => ({ id: name, name }));
    return yardSections(await serversBehind(running), named, config);
  }
  return await withOwnYard(place, {}, async (yard) => {
    await yard.ready({ timeoutMs });
    return yardSections(yard.servers(), yard.snapshot().tools, config);
  });
}

function yardSections(
  servers: Parameters<typeof examineServers>[0],
  tools: readonly { readonly id: string; readonly name: string }[],
  config: Config,
): Section[] {
  const valid = servers.filter(({ name }) => !config.rejected.has(name)); // the others stand above
  return [
    { title: "Servers", findings: examineServers(valid) },
    { title: "Tools", findings: [...examineNames(tools, config.naming), ...examineSharing(config, tools)] },
  ];
}

function asObject(sections: readonly Section[]): Record<string, readonly Finding[]> {
  return Object.fromEntries(sections.map(({ title, findings }) => [title.toLowerCase(), findings]));
}

function show(sections: readonly Section[], limits: readonly Limit[], output: Output): void {
  for (const section of sections) showSection(section, output);
  output.data(paint("bold", "Limits"));
  const rows = limits.map(({ key, value, otherwise = "" }) => [`  ${key}`, otherwise === "" ? value : paint("yellow", value), otherwise]);
  for (const line of table(COLUMNS, rows, output.width)) output.data(...line);
  output.data("");
  output.data(...summary(sections.flatMap(({ findings }) => findings)));
}

function summary(findings: readonly Finding[]): (string | ReturnType<typeof paint>)[] {
  const bad = findings.filter(({ level }) => level === "bad").length;
  const hints = findings.filter(({ level }) => level === "hint").length;
  const advice = hints === 0 ? "" : `${hints} ${hints === 1 ? "hint" : "hints"}.`;
  if (bad === 0) return [paint("green", "All is well."), advice === "" ? "" : ` ${advice}`];
  return [paint("red", `${bad} to mend.`), advice === "" ? "" : ` ${advice}`];
}
