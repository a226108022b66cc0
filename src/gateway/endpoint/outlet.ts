/** Where messages to a client go that are no answers: the stream of one request, or that of a whole client. */
export interface Outlet {
  /**
   * Sends one JSON-RPC message.
   *
   * @param droppable may be left out where the client reads too slowly; other messages cost such a client its stream
   * @returns false where it was not sent
   */
  send(message: Buffer, droppable: boolean): boolean;
  /** Keeps a message for a client that is not there and may come back for it; false or absent where it cannot. */
  keep?(message: Buffer): boolean;
}

/** Where nobody listens. */
export const NOWHERE: Outlet = { send: () => false };
