/** The level of log messages that one legacy server is set to (spec 2025-11-25: Logging). A modern one is told with each request. */

import { Body } from "../../base/body.ts";
import { LOG_LEVELS } from "../../era/classify.ts";
import type { Connection } from "../connection/connection.ts";

/** How long a server may take to answer, in ms; nobody waits for one that takes longer. */
const PATIENCE = { quietMs: 1_000, totalMs: 1_000 };

export class LogLevel {
  #connection: Connection | undefined;
  /** What clients want for as long as they are there. */
  #wanted: string | undefined;
  /** What single calls have wanted; kept until the connection ends, as to take it back would cost each of them two more requests. */
  #raised: string | undefined;
  /** What the server was told. */
  #told: string | undefined;

  /** Resolves when the server knows, or did not answer in time. */
  async want(level: string | undefined): Promise<void> {
    this.#wanted = level;
    await this.#tell();
  }

  /** A call wants messages from this level on. Undefined: the server sends them already. */
  raise(level: string): Promise<void> | undefined {
    if (this.#told !== undefined && severity(this.#told) <= severity(level)) return undefined;
    this.#raised = mostVerbose([this.#raised, level]);
    return this.#tell();
  }

  /** There is a connection, which knows nothing yet. */
  attach(connection: Connection): void {
    this.#connection = connection;
    this.#raised = undefined;
    this.#told = undefined;
    void this.#tell();
  }

  detach(): void {
    this.#connection = undefined;
  }

  async #tell(): Promise<void> {
    const level = mostVerbose([this.#wanted, this.#raised]);
    const { spoken } = this.#connection ?? {};
    if (level === undefined || level === this.#told || spoken?.era !== "legacy" || spoken.capabilities["logging"] === undefined) return;
    this.#told = level;
    await this.#connection?.request({ method: "logging/setLevel", params: Body.of({ level }), limits: PATIENCE }).catch(() => {});
  }
}

/** The least severe of these levels; undefined where there is none. */
export function mostVerbose(levels: Iterable<string | undefined>): string | undefined {
  let chosen: string | undefined;
  for (const level of levels) {
    if (level !== undefined && (chosen === undefined || severity(level) < severity(chosen))) chosen = level;
  }
  return chosen;
}

function severity(level: string): number {
  return LOG_LEVELS.indexOf(level);
}
