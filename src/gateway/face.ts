/** One View as clients meet it: what is the same for all of them, on whichever carrier they come. */

import { randomBytes } from "node:crypto";
import type { Caller } from "../base/call.ts";
import type { Clock } from "../base/clock.ts";
import { systemClock } from "../base/clock.ts";
import type { Limits } from "../config/config.ts";
import type { Toolyard, ViewRules } from "../toolyard.ts";
import type { View } from "../view.ts";
import { Activity } from "./endpoint/activity.ts";
import { Endpoint } from "./endpoint/endpoint.ts";
import { Lists, listChanged } from "./endpoint/lists.ts";
import type { Outlet } from "./endpoint/outlet.ts";
import { Peer } from "./endpoint/peer.ts";
import { Rounds } from "./rounds/rounds.ts";
import { Tasks } from "./tasks/tasks.ts";

export interface FaceOptions {
  readonly activity: Activity;
  /** Calls of modern clients that wait for answers. */
  readonly rounds: Rounds;
  /** Tasks of servers that were made for clients. */
  readonly tasks: Tasks;
  readonly clock: Clock;
  /** True where there is one client, and never another. */
  readonly alone?: boolean;
  /** Told of faults of our own. */
  report(error: unknown): void;
}

export class Face {
  readonly view: View;
  readonly endpoint: Endpoint;
  readonly #lists: Lists;
  readonly #options: FaceOptions;
  readonly #limits: Limits;
  readonly #peers = new Set<Peer>();

  constructor(view: View, limits: Limits, options: FaceOptions) {
    this.view = view;
    this.#limits = limits;
    this.#options = options;
    this.#lists = new Lists(view);
    this.#lists.events.on("changed", (kind) => this.#announce(listChanged(kind)));
    this.endpoint = new Endpoint({ ...options, view, lists: this.#lists });
  }

  /** A client whose state is held from now on. @param outlet where what belongs to no request goes */
  admit(outlet: Outlet): Peer {
    const peer = new Peer(outlet, { clock: this.#options.clock, inputMs: this.#limits.inputMs });
    this.#peers.add(peer);
    return peer;
  }

  /** A client with a state has said who it is. */
  introduce(peer: Peer, caller: Caller): void {
    peer.introduce(caller, (take) => this.view.hear({ caller, alone: this.#options.alone ?? false, take }));
  }

  /** Ends what a client has under way, and forgets it. */
  dismiss(peer: Peer): void {
    if (!this.#peers.delete(peer)) return;
    peer.close();
  }

  /** Ends the streams of news, each with its result; calls may still end. */
  quiet(): void {
    this.endpoint.close();
  }

  close(): void {
    this.quiet();
    for (const peer of this.#peers) this.dismiss(peer);
    this.#lists.close();
  }

  #announce(message: Buffer): void {
    for (const peer of this.#peers) if (peer.caller?.era === "legacy") peer.tell(message);
  }
}

/** A face of its own, for a process with one client. Closing it ends all that it holds of the yard, but not the yard. */
export function openFace(yard: Toolyard, rules: ViewRules = {}): { readonly face: Face; close(): void } {
  const key = randomBytes(32);
  const rounds = new Rounds({ key, clock: systemClock, limits: yard.config.limits });
  const face = new Face(yard.view(rules), yard.config.limits, {
    activity: new Activity(),
    rounds,
    tasks: new Tasks(key, systemClock),
    clock: systemClock,
    alone: true,
    report: () => {},
  });
  const close = (): void => {
    face.close();
    rounds.close();
  };
  return { face, close };
}
