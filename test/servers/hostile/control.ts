/** Changing switches and acting at run time: by tool, by `POST /control`, or by a file. */

import { readFileSync, watch } from "node:fs";
import { isObject, stringOr, type JsonObject } from "../../../src/base/json.ts";
import { finishLinks } from "./protocol/asking.ts";
import { announceChange, announceUpdate } from "./protocol/subscriptions.ts";
import { strike } from "./process.ts";
import type { HostileServer } from "./server.ts";

type Action = (server: HostileServer, order: JsonObject) => void | Promise<void>;

const ACTIONS: Readonly<Record<string, Action>> = {
  /** Every HTTP session is unknown from now on. */
  "forget-sessions": (server) => {
    for (const connection of server.sessions.values()) server.disconnect(connection);
    server.sessions.clear();
  },
  /** `count` notifications that the list of `kind` (tools) changed. */
  "list-changed": (server, { kind, count }) => announceChange(server, stringOr(kind) ?? "tools", Number(count ?? 1)),
  /** Tells the subscribers of `uri`, or of `of`, that `uri` has changed. */
  "resource-updated": (server, { uri, of }) => announceUpdate(server, stringOr(uri) ?? "test://shared", stringOr(of)),
  /** Breaks every open stream: GET streams, listens and unanswered POSTs. */
  "drop-streams": (server) => {
    for (const connection of server.connections) connection.drop?.();
  },
  /** Ends every modern listen with its result. */
  "end-listens": (server) => {
    for (const connection of server.connections) for (const listen of [...connection.listens.values()]) listen.end();
  },
  /** The user is done with every link: the clients are told. */
  "links-done": finishLinks,
  /** A legacy question that belongs to no call, to every client. */
  "ask-unasked": (server) => {
    for (const connection of server.connections)
      void connection.ask("elicitation/create", { message: "Out of the blue?", requestedSchema: { type: "object", properties: {} } });
  },
  /** Does what timed switches with WHEN `now` ask for. */
  strike: (server) => strike(server, ["now"]),
};

/**
 * Sets switches, then acts; returns the state.
 *
 * @throws Error when a switch or an action is unknown
 */
export async function control(server: HostileServer, order: JsonObject): Promise<JsonObject> {
  server.log("control", { order });
  const before = server.switches.values["change-tools"];
  if (isObject(order["set"])) server.switches.set(order["set"]);
  const { values } = server.switches;
  if (values["change-tools"] !== before && !values["quiet-changes"]) announceChange(server, "tools");
  const action = stringOr(order["do"]);
  if (action !== undefined && !Object.hasOwn(ACTIONS, action)) throw new Error(`The hostile server knows no action "${action}".`);
  if (action !== undefined) await ACTIONS[action]?.(server, order);
  return server.state();
}

/** Obeys the file: its switches at the start, and every order in it whose `serial` is new. */
export function followSwitchesFile(server: HostileServer): void {
  const file = server.switches.values["switches-file"];
  if (file === "") return;
  let serial: unknown;
  // Watched before it is read, so that no order falls between.
  watch(file, { persistent: false }, () => {
    const next = readOrder(file);
    if (next === undefined || next["serial"] === serial) return;
    serial = next["serial"];
    void control(server, next);
  });
  const order = readOrder(file);
  serial = order?.["serial"];
  if (isObject(order?.["set"])) server.switches.set(order["set"]);
}

function readOrder(file: string): JsonObject | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined; // caught half written; another event follows
  }
}
