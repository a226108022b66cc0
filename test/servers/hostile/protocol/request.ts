/** One request, as every handler sees it. */

import type { JsonObject } from "../../../../src/base/json.ts";
import type { Connection, HostileServer } from "../server.ts";
import type { RpcId } from "./message.ts";

/** One request on its way through the server. */
export interface Request {
  readonly server: HostileServer;
  readonly connection: Connection;
  readonly id: RpcId;
  readonly method: string;
  readonly params: JsonObject;
  readonly modern: boolean;
  /** Of the HTTP request that it came by. */
  readonly headers: Connection["headers"];
  /** Aborts when the client cancels or leaves. */
  readonly signal: AbortSignal;
  /** The bytes that came. */
  readonly raw: Buffer;
}
