/** `subscriptions/listen`: modern clients' streams of news, how many there may be, and their end (spec 2026-07-28: Subscriptions). */

import type { Body } from "../../base/body.ts";
import type { Clock } from "../../base/clock.ts";
import { ToolyardError } from "../../base/errors.ts";
import { isObject, objectOr, type JsonValue } from "../../base/json.ts";
import type { View } from "../../view.ts";
import { requireExtension } from "../tasks/tasks.ts";
import type { Exchange } from "./exchange.ts";
import type { ListKind, Lists } from "./lists.ts";
import { FILTER, NewsStream, type Wishes } from "./news-stream.ts";
import { MOST_URIS } from "./subscriptions.ts";

/** More are refused: each costs a stream. */
const MOST = 1_024;
/** Of one identity. */
const MOST_OWN = 8;
/** Where nobody is asked who they are, this stands for everybody. */
const EVERYBODY = "local";

const KINDS: readonly ListKind[] = ["tools", "prompts", "resources"];

export interface ListeningParts {
  readonly view: View;
  readonly lists: Lists;
  readonly clock: Clock;
}

export class Listening {
  readonly #parts: ListeningParts;
  /** With the identity that each is for. */
  readonly #open = new Map<NewsStream, string>();

  constructor(parts: ListeningParts) {
    this.#parts = parts;
  }

  /**
   * Tells the client of changes until it leaves or we end. Resolves with the result that then is sent.
   *
   * @throws INVALID_PARAMS without a good filter, MISSING_CAPABILITY, SERVER_BUSY when too many listen already
   */
  listen(exchange: Exchange): Promise<Body> {
    const { identity } = exchange.caller;
    const filter = exchange.params.get("notifications");
    const wishes = wishesIn(filter);
    if (objectOr(filter)["taskIds"] !== undefined) requireExtension(exchange.caller);
    this.#refuseTooMany(identity);
    const stream = new NewsStream(exchange, wishes);
    this.#open.set(stream, identity);
    const { view, lists, clock } = this.#parts;
    return stream.run(view, lists, clock).finally(() => this.#open.delete(stream));
  }

  /** Ends every stream; each gets its result. */
  close(): void {
    for (const stream of this.#open.keys()) stream.end();
  }

  #refuseTooMany(identity: string): void {
    if (this.#open.size >= MOST) throw new ToolyardError("SERVER_BUSY", `${MOST} streams of news are open already.`);
    if (identity === EVERYBODY) return;
    const own = [...this.#open.values()].filter((each) => each === identity).length;
    if (own >= MOST_OWN) throw new ToolyardError("SERVER_BUSY", `This caller has ${MOST_OWN} streams of news open already.`);
  }
}

function wishesIn(filter: JsonValue | undefined): Wishes {
  if (!isObject(filter)) throw new ToolyardError("INVALID_PARAMS", "`notifications` is missing: it says of what to be told.");
  const { resourceSubscriptions: uris = [] } = filter;
  if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === "string")) {
    throw new ToolyardError("INVALID_PARAMS", "`notifications.resourceSubscriptions` must be a list of URIs.");
  }
  const distinct = [...new Set(uris)];
  if (distinct.length > MOST_URIS) {
    throw new ToolyardError("INVALID_PARAMS", `\`notifications.resourceSubscriptions\` names more than ${MOST_URIS} resources.`);
  }
  return { kinds: KINDS.filter((kind) => filter[FILTER[kind]] === true), uris: distinct };
}
