/** Where messages to a client go that are no answers: the stream of one request, or that of a whole client. */
export interface Outlet {
  /**
   * Sends one JSON-RPC message.
   *
   * @param droppable may be left out where the client reads too slowly; other messages cost such a client its stream
   * @returns false where it was not sent
   */
  send(message: Buffer, droppable: boolean): boolean;
}

/** Where nobody listens. */
export const NOWHERE: Outlet = { send: () => false };
