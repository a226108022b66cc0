/**
 * Links of a modern server that a legacy caller has agreed to open. In the modern era that is all that "accept" means;
 * whether the user is done shows when the call is repeated, so it is, at a growing distance (spec 2026-07-28: Elicitation,
 * URL mode). The caller expects an id and a word at the end, which are ours to make.
 */

import { randomUUID } from "node:crypto";
import { Body } from "../base/body.ts";
import type { Answer } from "../base/call.ts";
import { sleep, type Clock } from "../base/clock.ts";
import { ToolyardError } from "../base/errors.ts";
import { objectOr, stringOr, type JsonValue } from "../base/json.ts";
import { urlIn } from "../era/links.ts";
import type { RoutedCall } from "./route.ts";

const FIRST_PAUSE_MS = 2_000;
const GROWTH = 1.5;
const LONGEST_PAUSE_MS = 10_000;
const ACCEPTED = Body.of({ action: "accept" });

interface Opened {
  readonly id: string;
  /** Clock time, ms. */
  readonly since: number;
}

export class OpenedLinks {
  readonly #routed: RoutedCall;
  readonly #clock: Clock;
  readonly #inputMs: number;
  /** By URL. */
  readonly #opened = new Map<string, Opened>();
  #pauses = 0;

  /** @param inputMs how long the user may take, in ms */
  constructor(routed: RoutedCall, clock: Clock, inputMs: number) {
    this.#routed = routed;
    this.#clock = clock;
    this.#inputMs = inputMs;
  }

  /** Does the server ask for nothing but links that the user is about to finish? */
  isWaiting(answer: Answer): boolean {
    const urls = urlsOf(answer);
    return urls.length > 0 && urls.every((url) => url !== undefined && this.#opened.has(url));
  }

  /** Links that the server no longer asks for are done: the caller is told. */
  settle(answer: Answer): void {
    const asked = new Set(urlsOf(answer));
    const { call, route } = this.#routed;
    for (const [url, { id }] of this.#opened) {
      if (asked.has(url)) continue;
      this.#opened.delete(url);
      call.completed?.(route.server.name, id);
    }
  }

  /** Gives the user some time. @throws CANNOT_ASK where it was enough */
  async pause(): Promise<void> {
    for (const [url, { since }] of this.#opened) {
      if (this.#clock.now() - since >= this.#inputMs) throw new ToolyardError("CANNOT_ASK", `The link was not finished in time: ${url}`);
    }
    const ms = Math.min(FIRST_PAUSE_MS * GROWTH ** this.#pauses++, LONGEST_PAUSE_MS);
    await sleep(this.#clock, ms, this.#routed.call.signal);
  }

  /**
   * The caller's answer to a question: for a link that it has opened already that is known.
   *
   * @param ask puts the question, with an id where it has a link
   */
  async answer(method: string, params: Body, ask: (params: Body) => Promise<Body>): Promise<Body> {
    const url = urlIn(method, params);
    if (url === undefined) return await ask(params);
    if (this.#opened.has(url)) return ACCEPTED;
    const id = randomUUID();
    const answer = await ask(params.with({ elicitationId: id }));
    if (answer.get("action") === "accept") this.#opened.set(url, { id, since: this.#clock.now() });
    return answer;
  }
}

/** Of each question its link; undefined where it has none. */
function urlsOf({ result }: Answer): (string | undefined)[] {
  if (result?.get("resultType") !== "input_required") return [];
  const urlOf = (request: JsonValue | undefined): string | undefined => {
    const { method, params } = objectOr(request);
    return urlIn(stringOr(method) ?? "", Body.of(objectOr(params)));
  };
  return Object.values(objectOr(result.get("inputRequests"))).map(urlOf);
}
