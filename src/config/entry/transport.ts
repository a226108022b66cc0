/** From an entry's shape to the process, endpoint or functions that it means, with every placeholder replaced. */

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseEnv } from "node:util";
import type { Secret } from "../../base/secret.ts";
import type { HttpTransport, StdioTransport, Transport } from "../config.ts";
import type { Expander } from "../values/expander.ts";
import { readHeaders } from "./headers.ts";
import { resolvePath } from "../values/lookup.ts";
import type { ServerShape } from "../schema/server.ts";

export interface Folders {
  /** What relative paths are relative to. */
  readonly base: string;
  /** Where a program is started that names no folder; undefined: where we are. */
  readonly start: string | undefined;
}

type Values = Record<string, string | Secret>;

/** The transport of an entry; undefined when `expander` has taken down what is wrong with it. */
export function transportOf(shape: ServerShape, expander: Expander, folders: Folders): Transport | undefined {
  const urlKey = (["url", "serverUrl", "httpUrl"] as const).find((key) => shape[key] !== undefined);
  if (shape.command !== undefined && urlKey !== undefined) {
    return expander.fail([urlKey], "stands beside `command`.", "Keep one of them: a program, or an address.");
  }
  if (shape.command !== undefined) return stdio(shape, shape.command, expander, folders);
  if (urlKey !== undefined) return http(shape, urlKey, shape[urlKey] ?? "", expander);
  return expander.fail([], "names no server.", "Give it a `command` (a program) or a `url` (an address).");
}

function stdio(shape: ServerShape, command: string | readonly string[], expander: Expander, folders: Folders): StdioTransport | undefined {
  if (shape.type !== undefined && !["stdio", "local"].includes(shape.type)) {
    return expander.fail(["type"], "does not fit `command`.", "Leave `type` out, or give a `url` in place of `command`.");
  }
  const line = typeof command === "string" ? [command] : command;
  const words = line.map((word, index) => expander.text(word, typeof command === "string" ? ["command"] : ["command", index]));
  const args = shape.args.map((arg, index) => expander.text(arg, ["args", index]));
  const [program = "", ...first] = words;
  if (program === "" && expander.problems.length === 0) return expander.fail(["command"], "must not be empty.");
  return {
    kind: "stdio",
    command: program,
    args: [...first, ...args],
    env: environmentOf(shape, expander, folders.base),
    inheritEnv: shape.inheritEnv,
    cwd: shape.cwd === undefined ? folders.start : resolvePath(expander.text(shape.cwd, ["cwd"]), folders.base),
  };
}

/** Later ones win: the file's, then `environment`, then `env`. */
function environmentOf(shape: ServerShape, expander: Expander, baseDir: string): Values {
  const fromFile = shape.envFile === undefined ? {} : readEnvFile(expander.text(shape.envFile, ["envFile"]), expander, baseDir);
  const environment = expander.values(shape.environment ?? {}, ["environment"]);
  const merged = { ...fromFile, ...environment, ...expander.values(shape.env ?? {}, ["env"]) };
  for (const name of Object.keys(merged)) {
    if (name === "" || name.includes("=") || name.includes("\0")) expander.fail(["env", name], "is no name of a variable.");
  }
  return merged;
}

function readEnvFile(path: string, expander: Expander, baseDir: string): Values {
  if (expander.isDraft(path)) return {};
  const file = resolvePath(path, baseDir);
  try {
    const values = Object.entries(parseEnv(readFileSync(file, "utf8")));
    return Object.fromEntries(values.map(([name, value = ""]) => [name, expander.keep(value)]));
  } catch {
    expander.fail(["envFile"], `needs the file ${file}, which cannot be read.`, "Create it, or correct the path.");
    return {};
  }
}

function http(shape: ServerShape, key: string, address: string, expander: Expander): HttpTransport | undefined {
  if (shape.type !== undefined && ["stdio", "local"].includes(shape.type)) {
    return expander.fail(["type"], `does not fit \`${key}\`.`, "Leave `type` out, or give a `command` in place of the address.");
  }
  const kind = shape.type === "sse" ? "sse" : "http";
  const text = expander.text(address, [key]);
  if (expander.isDraft(text)) return { kind, url: text, headers: readHeaders(shape.headers, expander) };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    return expander.fail([key], "must be an http:// or https:// address.");
  }
  const headers = readHeaders(shape.headers, expander);
  const credentials = credentialsOf(url, expander);
  url.username = "";
  url.password = "";
  const given = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
  return {
    kind,
    url: url.href,
    headers: credentials === undefined || given ? headers : { ...headers, Authorization: credentials },
  };
}

/** `user:password@` of an address as the header that it stands for (RFC 7617); HTTP clients refuse it in the address. */
function credentialsOf({ username, password }: URL, expander: Expander): Secret | undefined {
  if (username === "" && password === "") return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  if (password !== "") expander.keep(decodeURIComponent(password));
  return expander.keep(`Basic ${Buffer.from(pair).toString("base64")}`);
}

/** Roots as `file:` URIs. */
export function rootsOf(shape: ServerShape, expander: Expander, baseDir: string): readonly string[] | undefined {
  return shape.roots?.map((root, index) => {
    const text = expander.text(root, ["roots", index]);
    return text.startsWith("file:") ? text : pathToFileURL(resolvePath(text, baseDir)).href;
  });
}
