import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpClient } from "../client.ts";
import type { Gateway } from "../gateways/gateway.ts";
import { fixtureCommand, start, type Program } from "../process.ts";
import type { Row } from "../row.ts";

export interface Setting {
  /** What is measured; the pass-through itself where only the noise is asked for. */
  readonly subject: Gateway;
  readonly rounds: number;
  /** Multiplies how often things are called. */
  readonly effort: number;
  /** Where catalogs of real servers are, a JSON file for each. */
  readonly catalogs?: string | undefined;
  /** A folder of this scenario alone, gone afterwards. */
  readonly folder: () => string;
}

export type Scenario = (setting: Setting) => Promise<Row[]>;

/** A fixture server over HTTP; resolves when it listens. */
export async function httpFixture(...args: string[]): Promise<{ program: Program; url: string }> {
  const { command, args: argv } = fixtureCommand("--http", ...args);
  const program = start(command, argv);
  return { program, url: await program.url() };
}

/** A client of an HTTP gateway, initialized. */
export async function connect(program: Program): Promise<HttpClient> {
  const client = new HttpClient(await program.url());
  await client.initialize();
  return client;
}

/** Hands out temporary folders and removes them together. */
export class Folders implements Disposable {
  readonly #made: string[] = [];

  make(): string {
    const folder = mkdtempSync(join(tmpdir(), "toolyard-bench-"));
    this.#made.push(folder);
    return folder;
  }

  [Symbol.dispose](): void {
    for (const folder of this.#made) rmSync(folder, { recursive: true, force: true });
  }
}
