/** The states of an upstream and the only ways between them. Pure. */

export type State = "idle" | "connecting" | "ready" | "backoff" | "auth-required" | "failed" | "disabled" | "closed";

export type Event =
  /** A connection is wanted: a call, the start, a timer, a person. */
  | "connect"
  /** Handshake done. */
  | "connected"
  /** The attempt failed, or the connection was lost. */
  | "lost"
  /** The server wants credentials. */
  | "unauthorized"
  /** Too many starts. */
  | "gave-up"
  /** Stopped because nobody used it. */
  | "rested"
  | "disable"
  | "enable"
  | "close";

const TABLE: Readonly<Record<State, Partial<Record<Event, State>>>> = {
  idle: { connect: "connecting", disable: "disabled", close: "closed" },
  connecting: {
    connected: "ready",
    lost: "backoff",
    unauthorized: "auth-required",
    "gave-up": "failed",
    rested: "idle",
    disable: "disabled",
    close: "closed",
  },
  ready: { lost: "backoff", unauthorized: "auth-required", "gave-up": "failed", rested: "idle", disable: "disabled", close: "closed" },
  backoff: { connect: "connecting", "gave-up": "failed", rested: "idle", disable: "disabled", close: "closed" },
  "auth-required": { connect: "connecting", disable: "disabled", close: "closed" },
  failed: { connect: "connecting", disable: "disabled", close: "closed" },
  disabled: { enable: "idle", close: "closed" },
  closed: {},
};

/** The state after `event`, or undefined where the event means nothing in this state. */
export function next(state: State, event: Event): State | undefined {
  return TABLE[state][event];
}
