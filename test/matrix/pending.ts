/** Cells that are known to fail. An entry of which a cell heals turns the suite red, so that it is taken out. */

import { eraOf, type Column } from "./columns.ts";

export interface Pending {
  /** Name of the row. */
  readonly feature: string;
  readonly reason: string;
  when(column: Column): boolean;
}

const always = (): boolean => true;

export const PENDING: readonly Pending[] = [
  { feature: 'link: "complete" is told', reason: "Ids of links are not kept yet.", when: always },
  {
    feature: "link: accepted, declined",
    reason: "A legacy client gets the link of a modern server without an id.",
    when: ({ client, server }) => eraOf(client.revision) === "legacy" && eraOf(server.revision) === "modern",
  },
  {
    feature: "link: as an error of the call (-32042)",
    reason: "It reaches modern clients as an error.",
    when: ({ client }) => eraOf(client.revision) === "modern",
  },
];
