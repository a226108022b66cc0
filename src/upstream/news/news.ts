/** What one connection tells without being called: changed lists and changed resources, in the way of its era. */

import { objectOr } from "../../base/json.ts";
import { Announcements, type AnnouncementOptions } from "./announcements.ts";
import type { Connection } from "../connection/connection.ts";
import { LegacySubscriber, UNABLE } from "./subscribing.ts";
import type { Subscriber, Watches } from "./watches.ts";

export interface NewsOptions extends AnnouncementOptions {
  /** Told of what is odd but harmless. */
  notice(text: string): void;
}

/** Begins to be told. The returned function ends it, with all its streams and timers. */
export function openNews(connection: Connection, watches: Watches, options: NewsOptions): () => void {
  const { spoken } = connection;
  const announcements = spoken?.era === "modern" ? new Announcements(connection, options) : undefined;
  const tellsOfResources = objectOr(spoken?.capabilities["resources"])["subscribe"] === true;
  const asking = announcements ?? new LegacySubscriber(connection, { quietMs: options.ackMs, totalMs: options.ackMs });
  const subscriber: Subscriber = tellsOfResources ? asking : UNABLE;
  watches.attach(subscriber, options.notice);
  return () => {
    watches.detach(subscriber);
    announcements?.close();
  };
}
