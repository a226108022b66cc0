/** What servers list and nobody can be offered goes to the log, once: what the configuration leaves out is nobody's fault. */

import type { Logger } from "../base/log.ts";
import { compileFilter } from "../catalog/filter.ts";
import type { Hidden, Section } from "../catalog/item.ts";
import type { ServerConfig } from "../config/config.ts";

/** How many of one server are named. */
const NAMED = 8;

export class FaultLog {
  readonly #logger: Logger;
  /** By server. */
  readonly #told = new Map<string, string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Tells of the entries of this section that are broken, unless that is what was told last. */
  tell(server: ServerConfig | undefined, { hidden }: Pick<Section, "hidden">): void {
    if (server === undefined) return;
    const faults = faultsAmong(hidden, server).map(({ id, reason }) => `${id} (${reason})`);
    const rest = faults.length > NAMED ? `, and ${faults.length - NAMED} more` : "";
    const text = `${faults.slice(0, NAMED).join(", ")}${rest}`;
    if (text === (this.#told.get(server.name) ?? "")) return;
    this.#told.set(server.name, text);
    if (text !== "") this.#logger.warn(`Server "${server.name}" lists what cannot be offered: ${text}`, { server: server.name });
  }
}

function faultsAmong(hidden: readonly Hidden[], { name, tools }: ServerConfig): readonly Hidden[] {
  const ruledOut = compileFilter(tools);
  return hidden.filter(({ kind, id }) => kind !== "tool" || ruledOut(id.slice(name.length + 1)) === undefined);
}
