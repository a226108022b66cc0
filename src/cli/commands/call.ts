/** `toolyard call NAME JSON`: calls one tool and prints what it returns. */

import { readFile } from "node:fs/promises";
import { text as readText } from "node:stream/consumers";
import { ToolyardError } from "../../base/errors.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import type { ToolResult } from "../../host.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../command.ts";
import { nextSignal } from "../signals.ts";
import { paint, type Output } from "../terminal/output.ts";
import { withYard } from "../yard.ts";

export interface CallOptions extends CommonOptions {
  readonly timeout?: number;
}

const WAIT_MS = 10_000;

export async function run(output: Output, options: CallOptions, name: string, json?: string): Promise<number> {
  const args = await argumentsFrom(json);
  const interrupt = new AbortController();
  void nextSignal().then(() => interrupt.abort());
  try {
    const result = await withYard(options, async ({ yard }) => {
      if (yard.resolve(name) === undefined) await yard.ready({ timeoutMs: WAIT_MS });
      const onProgress = (progress: { progress: number; total?: number; message?: string }): void => tellProgress(progress, output);
      const timeout = options.timeout === undefined ? {} : { timeoutMs: options.timeout };
      return await yard.callTool(name, args, { signal: interrupt.signal, onProgress, ...timeout });
    });
    print(result, output);
    return result.isError === true ? EXIT.failed : EXIT.good;
  } catch (error) {
    if (interrupt.signal.aborted) return EXIT.interrupted;
    throw error;
  }
}

/** JSON, `@file`, or `-` for standard input; nothing: no arguments. */
async function argumentsFrom(json: string | undefined): Promise<JsonObject> {
  if (json === undefined) return {};
  const text = json === "-" ? await readText(process.stdin) : json.startsWith("@") ? await readArguments(json.slice(1)) : json;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const mend = `Put it in quotes of the shell: toolyard call NAME '{"key":"value"}'.`;
    throw new ToolyardError("USAGE", "The arguments are not JSON.", { mend }, error);
  }
  if (!isObject(value))
    throw new ToolyardError("USAGE", "The arguments must be a JSON object.", { mend: `For example '{"path":"/tmp"}'.` });
  return value;
}

async function readArguments(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((error: unknown) => {
    throw new ToolyardError("USAGE", `The file ${file} cannot be read.`, { mend: "Name a file with a JSON object in it." }, error);
  });
}

function print(result: ToolResult, output: Output): void {
  if (output.json) return output.value(result, 2);
  for (const block of result.content) output.text(textOf(block), result.isError === true ? "stderr" : "stdout");
}

function textOf(block: ToolResult["content"][number]): string {
  const { type, text, mimeType, uri, data, resource } = block;
  if (typeof text === "string") return text;
  if (isObject(resource) && typeof resource["text"] === "string") return resource["text"];
  const what = [type, mimeType, uri].filter((part) => typeof part === "string").join(" ");
  return typeof data === "string" ? `[${what}, ${Buffer.byteLength(data, "base64")} bytes]` : `[${what}]`;
}

function tellProgress({ progress, total, message }: { progress: number; total?: number; message?: string }, output: Output): void {
  if (!output.interactive) return;
  output.say(paint("dim", `${progress}${total === undefined ? "" : ` of ${total}`}${message === undefined ? "" : `  ${message}`}`));
}
