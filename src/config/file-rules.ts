/** What the shape alone cannot say of the file: addresses that must be safe, names that must exist. */

import { isLoopback } from "../base/loopback.ts";
import type { GatewayConfig, SelectionConfig, Toolset } from "./config.ts";
import { readHeaders } from "./entry/headers.ts";
import { Expander } from "./values/expander.ts";
import { expand, type Lookup } from "./values/interpolate.ts";
import { didYouMean } from "./nearest.ts";
import { type Path, type Problem, quote } from "./problems.ts";
import type { FileShape } from "./schema/file.ts";

export interface FileRead {
  readonly gateway: GatewayConfig;
  readonly selection: SelectionConfig;
  readonly problems: readonly Problem[];
}

/** Checks the file as a whole, and replaces the placeholders that stand outside the servers' entries. */
export function checkFile(file: FileShape, serverNames: readonly string[], placeholders: Lookup | "literal"): FileRead {
  const { gateway, problems } = readGateway(file.gateway, placeholders);
  const toolsets = Object.entries(file.toolsets).flatMap(([name, toolset]) => toolsetProblems(name, toolset, serverNames));
  const pins = unknownServers(idsAt(["selection", "pins"], file.selection.pins), serverNames);
  const embeddings = new Expander(["selection", "embeddings"], placeholders);
  const selection = readSelection(file.selection, embeddings);
  return { gateway, selection, problems: [...problems, ...toolsets, ...pins, ...embeddings.problems] };
}

function readSelection(given: FileShape["selection"], expander: Expander): SelectionConfig {
  if (given.embeddings === undefined) return given;
  const { url: address, model, headers } = given.embeddings;
  const url = expander.text(address, ["url"]);
  if (expander.problems.length === 0 && !isPlainHttp(url)) {
    expander.fail(["url"], "must be an http:// or https:// address without user, query or fragment.");
  }
  return { ...given, embeddings: { url, model: expander.text(model, ["model"]), headers: readHeaders(headers, expander) } };
}

function readGateway(given: GatewayConfig, placeholders: Lookup | "literal"): Omit<FileRead, "selection"> {
  const problems: Problem[] = [];
  const plain = (key: string, text: string): string => {
    if (placeholders === "literal") return text;
    const { text: replaced, lacks } = expand(text, placeholders);
    for (const { says, mend } of lacks) problems.push({ path: ["gateway", key], says, mend });
    return replaced;
  };
  const host = plain("host", given.host);
  const publicUrl = given.publicUrl === undefined ? undefined : plain("publicUrl", given.publicUrl);
  if (problems.length === 0) {
    if (!isLoopback(host.replace(/^\[(.*)\]$/, "$1")) && !given.auth.keys) problems.push(beyondThisMachine);
    if (publicUrl !== undefined && !isPlainHttp(publicUrl)) problems.push(noPublicUrl);
  }
  return { gateway: { ...given, host, publicUrl }, problems };
}

const beyondThisMachine: Problem = {
  path: ["gateway", "host"],
  says: "must be of this machine (127.0.0.1, ::1 or localhost) while nobody is asked who they are.",
  mend: "Set gateway.auth.keys to true, and give each caller a key of `toolyard keys create`.",
};

const noPublicUrl: Problem = {
  path: ["gateway", "publicUrl"],
  says: "must be an http:// or https:// address without user, query or fragment.",
};

function isPlainHttp(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return ["http:", "https:"].includes(protocol) && username + password + search + hash === "";
}

function toolsetProblems(name: string, { servers = [], tools = [], selection = {} }: Toolset, known: readonly string[]): Problem[] {
  const path: Path = ["toolsets", name];
  const named = [
    ...servers.map((server, index) => ({ server, at: [...path, "servers", index] })),
    ...idsAt([...path, "tools"], tools),
    ...idsAt([...path, "pins"], selection.pins ?? []),
  ];
  const problems = unknownServers(named, known);
  const fault = toolsetNameFault(name);
  return fault === undefined ? problems : [{ path, says: fault, key: true }, ...problems];
}

interface Named {
  readonly server: string;
  readonly at: Path;
}

/** The servers of patterns over tool ids, each with its place. */
function idsAt(path: Path, patterns: readonly string[]): Named[] {
  return patterns.map((pattern, index) => ({ server: pattern.slice(0, pattern.indexOf("/")), at: [...path, index] }));
}

function unknownServers(named: readonly Named[], known: readonly string[]): Problem[] {
  const unknown = named.filter(({ server }) => !server.includes("*") && !known.includes(server));
  return unknown.map(({ server, at }): Problem => ({
    path: at,
    says: `names a server that is not in mcpServers.${didYouMean(server, known)}`,
  }));
}

/** A toolset's name is a part of its URL, `/mcp/NAME`. */
function toolsetNameFault(name: string): string | undefined {
  if (name === "server") return "is a name that `/mcp/server/…` needs.";
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return undefined;
  return `must be named with at most 64 letters, digits, ".", _ and -, and ${quote(name)} is not.`;
}
