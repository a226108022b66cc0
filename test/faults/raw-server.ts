/** A stdio server that never parses and never builds JSON: what it gets it shows as it came, what it says is nested without end. */

import type { StdioEntry } from "../support/fixture.ts";
import { scriptServer } from "./tiny.ts";

/**
 * Tools: `mirror` (its request as text), and `deep_result`, `deep_error`, `deep_progress`, `deep_log`, `deep_question`,
 * each with something nested 100,000 times, as is the definition of one more tool.
 *
 * @param shaken what of its handshake is so deep too
 */
export function rawServer(shaken: "capabilities" | "nothing" = "nothing"): StdioEntry {
  return scriptServer(`(${main.toString()})(${shaken === "capabilities"})`);
}

function main(deepHandshake: boolean): void {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const schema = '"inputSchema":{"type":"object","properties":{"id":{"type":"integer"}}}';
  const names = ["mirror", "deep_result", "deep_error", "deep_progress", "deep_log", "deep_question"];
  const tools = [...names.map((name) => `{"name":"${name}",${schema}}`), `{"name":"deep_definition",${schema},"_meta":{"deep":${deep}}}`];
  const capabilities = `{"tools":{},"logging":{},"experimental":{"deep":${deepHandshake ? deep : 1}}}`;
  /** By a word of the request. */
  const answers = {
    '"method":"initialize"': `"result":{"protocolVersion":"2025-11-25","capabilities":${capabilities},"serverInfo":{"name":"raw","version":"1"}}`,
    '"method":"server/discover"': '"error":{"code":-32601,"message":"Method not found"}',
    '"method":"tools/list"': `"result":{"tools":[${tools.join(",")}]}`,
    '"deep_result"': `"result":{"content":[],"structuredContent":{"deep":${deep}}}`,
    '"deep_error"': `"error":{"code":-32000,"message":"deep","data":${deep}}`,
  };
  const write = (members: string): void => void process.stdout.write(`{"jsonrpc":"2.0",${members}}\n`);
  const progress = (token: string, at: number): void =>
    write(`"method":"notifications/progress","params":{"progressToken":${token},"progress":${at},"more":${deep}}`);
  /** What comes before the answer, by a word of the request. */
  const news = {
    '"deep_progress"': (token: string): void => [1, 2, 3].forEach((at) => progress(token, at)),
    '"deep_log"': (): void => write(`"method":"notifications/message","params":{"level":"error","data":${deep}}`),
    '"deep_question"': (): void =>
      write(`"id":"q","method":"elicitation/create","params":{"message":"?","requestedSchema":{"deep":${deep}}}`),
  };
  const take = (line: string): void => {
    const id = /"id":(\d+)/.exec(line)?.[1];
    if (id === undefined) return;
    const known = Object.entries(answers).find(([word]) => line.includes(word))?.[1];
    if (known !== undefined) return write(`"id":${id},${known}`);
    const tell = Object.entries(news).find(([word]) => line.includes(word))?.[1];
    tell?.(/"progressToken":([^,}]+)/.exec(line)?.[1] ?? "0");
    const text = JSON.stringify(tell === undefined ? line : "told");
    setTimeout(() => write(`"id":${id},"result":{"content":[{"type":"text","text":${text}}]}`), tell === undefined ? 0 : 300);
  };
  let rest = "";
  process.stdin.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
}
