import type { Answer } from "./call.ts";

/** Somebody is told of changes of one resource. */
export interface Watch {
  /** The server's word on it. Rejects where it could not be asked; the watch stands all the same, for when it can be. */
  readonly answer: Promise<Answer>;
  /** Nobody is told any more. */
  close(): void;
}

/** Takes the URI of what has changed: the watched resource, or a part of it. */
export type Changed = (uri: string) => void;
