import type { Answer, Call } from "../base/call.ts";
import type { ServerConfig } from "../config/config.ts";
import type { Item } from "../catalog/item.ts";

/** Where one call goes. */
export interface Route {
  readonly server: ServerConfig;
  /** What the name or URI stands for; undefined for a URI that only its scheme or a link assigns. */
  readonly item: Item | undefined;
  /** Name of the thing as people know it: exposed name or URI. */
  readonly name: string;
}

/** A call that knows its way; `call.params` carry the server's own names. */
export interface RoutedCall {
  readonly call: Call;
  readonly route: Route;
}

/** The rest of the chain. */
export type Next = (routed: RoutedCall) => Promise<Answer>;

/** Wraps a call on its way: limits, retries, metrics. May throw ToolyardErrors; the router turns them into answers. */
export type Middleware = (routed: RoutedCall, next: Next) => Promise<Answer>;

/** One function of many middlewares: the first is outermost. */
export function compose(middlewares: readonly Middleware[], last: Next): Next {
  return middlewares.reduceRight<Next>((next, middleware) => (routed) => middleware(routed, next), last);
}
