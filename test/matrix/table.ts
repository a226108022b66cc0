/** What was found, as the tables of docs/protocol.md. */

import { CARRIER_WORDS, eraOf, isWhole, REVISIONS, SERVERS, type Column, type Revision, type ServerKind } from "./columns.ts";
import { FEATURES } from "./features/all.ts";
import type { Feature } from "./features/feature.ts";
import type { Outcome } from "./run.ts";

/** A cell's sign, and why it is not just good. */
interface Mark {
  readonly sign: "✓" | "✗" | "pending" | "n/a";
  readonly reason: string | undefined;
}

const NEWEST: readonly Revision[] = ["2025-11-25", "2026-07-28"];
/** Of signs in one cell the worst is shown. */
const ORDER: readonly Mark["sign"][] = ["n/a", "✓", "pending", "✗"];

export function tablesOf(outcomes: readonly Outcome[]): string {
  const notes = new Notes();
  const parts = [
    ...NEWEST.flatMap((revision) => ["", `**A client of ${revision}**`, "", ...wholeTable(outcomes, revision, notes)]),
    ...["", "**Older revisions**, on every carrier that the two have", "", ...olderTable(outcomes, notes)],
    ...["", ...notes.lines()],
  ];
  return `${parts.join("\n").trim()}\n`;
}

/** Rows are features, columns servers of the newest revisions; a cell stands for both ways by which a client comes in. */
function wholeTable(outcomes: readonly Outcome[], revision: Revision, notes: Notes): string[] {
  const servers = SERVERS.filter((server) => NEWEST.includes(server.revision));
  const head = ["", ...servers.map(serverWords)];
  const rows = FEATURES.map((feature) => {
    const own = (server: ServerKind) => outcomes.filter(({ cell }) => cell.feature === feature && isOf(cell.column, revision, server));
    return [feature.name, ...servers.map((server) => notes.cell(own(server)))];
  });
  return tableOf(
    head,
    rows.filter((row) => row.slice(1).some((cell) => cell !== "")),
  );
}

function isOf({ client, server }: Column, revision: Revision, kind: ServerKind): boolean {
  return client.revision === revision && server === kind;
}

/** Rows are pairs of revisions, columns features; a cell stands for all carriers. */
function olderTable(outcomes: readonly Outcome[], notes: Notes): string[] {
  const features = FEATURES.filter(({ older }) => older);
  const head = ["client → server", ...features.map(({ name }) => name)];
  const pairs = REVISIONS.flatMap((client) => REVISIONS.map((server) => ({ client, server })));
  const rows = pairs.map(({ client, server }) => {
    const own = (feature: Feature) =>
      outcomes.filter(({ cell: { column, ...cell } }) => {
        const same = column.client.revision === client && column.server.revision === server && column.server.carrier !== "local";
        return same && cell.feature === feature && !isWhole(column);
      });
    return [`${client} → ${server}`, ...features.map((feature) => notes.cell(own(feature)))];
  });
  return tableOf(
    head,
    rows.filter((row) => row.slice(1).some((cell) => cell !== "")),
  );
}

function serverWords({ revision, carrier }: ServerKind): string {
  return carrier === "local" ? CARRIER_WORDS.local : `${eraOf(revision)} ${CARRIER_WORDS[carrier]}`;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lineOf = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [lineOf(head), `|${"---|".repeat(head.length)}`, ...rows.map(lineOf)];
}

/** Reasons, numbered in the order in which they are met. */
class Notes {
  readonly #numbers = new Map<string, number>();

  /** One cell of the table for several of the matrix: the worst sign, with every reason. */
  cell(outcomes: readonly Outcome[]): string {
    const marks = outcomes.map(markOf);
    const worst = ORDER.findLast((sign) => marks.some((mark) => mark.sign === sign));
    if (worst === undefined) return "";
    const numbers = [...new Set(marks.flatMap(({ reason }) => (reason === undefined ? [] : this.#number(reason))))];
    return numbers.length === 0 ? worst : `${worst} <sup>${numbers.toSorted((a, b) => a - b).join(" ")}</sup>`;
  }

  lines(): string[] {
    return [...this.#numbers].map(([reason, number]) => `${number}. ${reason}`);
  }

  #number(reason: string): number {
    const known = this.#numbers.get(reason) ?? this.#numbers.size + 1;
    this.#numbers.set(reason, known);
    return known;
  }
}

function markOf({ cell: { state }, failure }: Outcome): Mark {
  if (state.kind === "absent") return { sign: "n/a", reason: state.reason };
  if (state.kind === "pending") return { sign: "pending", reason: state.reason };
  return { sign: failure === undefined ? "✓" : "✗", reason: undefined };
}
