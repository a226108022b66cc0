/** Who speaks with whom: each kind of client with each kind of server. */

export const REVISIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"] as const;
export type Revision = (typeof REVISIONS)[number];
export type Era = "legacy" | "modern";

/** How a server is reached. `local`: it is a list of functions in the process of the gateway. */
export type Upstream = "stdio" | "http" | "sse" | "local";
/** How a client comes in; `pipe` is what a bridge on stdio speaks. */
export type Downstream = "http" | "pipe";

export interface ServerKind {
  /** In the configuration; also that of its toolset. */
  readonly name: string;
  readonly revision: Revision;
  readonly carrier: Upstream;
}

export interface ClientKind {
  readonly revision: Revision;
  readonly carrier: Downstream;
}

export interface Column {
  readonly client: ClientKind;
  readonly server: ServerKind;
}

/** The two revisions that are checked with all features. */
const WHOLE: ReadonlySet<Revision> = new Set(["2025-11-25", "2026-07-28"]);

export const CARRIER_WORDS: Readonly<Record<Upstream | Downstream, string>> = {
  stdio: "stdio",
  http: "HTTP",
  sse: "SSE",
  local: "in process",
  pipe: "stdio",
};

export function eraOf(revision: Revision): Era {
  return revision === "2026-07-28" ? "modern" : "legacy";
}

/** True where every feature is checked, not only those that an older revision does otherwise. */
export function isWhole({ client, server }: Column): boolean {
  return WHOLE.has(client.revision) && WHOLE.has(server.revision);
}

/** The name of a column in tests. */
export function wordsOf({ client, server }: Column): string {
  return `${client.revision} by ${CARRIER_WORDS[client.carrier]} → ${server.revision} ${CARRIER_WORDS[server.carrier]}`;
}

/** Streamable HTTP came with 2025-03-26; HTTP+SSE went with the legacy era. */
export const SERVERS: readonly ServerKind[] = [
  ...REVISIONS.flatMap((revision) => carriersOf(revision).map((carrier) => serverOf(revision, carrier))),
  { name: "local", revision: "2025-11-25", carrier: "local" },
];

const CLIENTS: readonly ClientKind[] = REVISIONS.flatMap((revision) =>
  (revision === "2024-11-05" ? (["pipe"] as const) : (["http", "pipe"] as const)).map((carrier) => ({ revision, carrier })),
);

export const COLUMNS: readonly Column[] = CLIENTS.flatMap((client) => SERVERS.map((server) => ({ client, server })));

function carriersOf(revision: Revision): readonly Upstream[] {
  if (eraOf(revision) === "modern") return ["stdio", "http"];
  return revision === "2024-11-05" ? ["stdio", "sse"] : ["stdio", "http", "sse"];
}

function serverOf(revision: Revision, carrier: Upstream): ServerKind {
  return { name: `v${revision.replaceAll("-", "")}_${carrier}`, revision, carrier };
}
