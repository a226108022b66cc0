/** The catalogue of faults: what each row is about, and the file whose tests carry its id. `npm run faults` prints it. */

export interface Fault {
  readonly title: string;
  /** Where the demand comes from: a specification, the practice of others, reports from the field. */
  readonly source: string;
  /** Its tests, a file beside this one; each is named by the id. Undefined: the whole row is deferred. */
  readonly test?: string;
  /** What of the row is not yet held, and why. */
  readonly deferred?: string;
}

const row = (title: string, source: string, test: string, deferred?: string): Fault => ({
  title,
  source,
  test: `${test}.test.ts`,
  ...(deferred === undefined ? {} : { deferred }),
});

export const FAULTS: Readonly<Record<string, Fault>> = {
  "CFG-01": row("A configuration that is not JSON", "practice", "cfg"),
  "CFG-02": row("Unknown keys, wrong types, missing fields", "practice", "cfg"),
  "CFG-03": row("One broken entry among ten", "field reports", "cfg"),
  "CFG-04": row("Server names that JavaScript or a file system would trip over", "OWASP, prototype pollution", "cfg"),
  "CFG-05": row("Placeholders without a value", "CVE-2026-32625", "cfg", "values sent through the API: it takes none yet"),
  "CFG-06": row("A shell's words in command and arguments", "OWASP MCP05; CVE-2026-30623", "cfg"),
  "CFG-07": row("The file saved broken, mended, and touched many times", "field reports", "cfg-reload"),
  "CFG-08": row("A busy server taken out of the configuration", "Envoy, drain", "cfg-reload"),

  "PRC-01": row("A command or a folder that is not there", "field reports", "prc"),
  "PRC-02": row("A server that dies with many words before its handshake", "field reports", "prc"),
  "PRC-03": row("A server that answers, then exits, for ever", "systemd, start limit", "prc"),
  "PRC-04": row("A slow start while calls arrive", "field reports", "prc"),
  "PRC-05": row("A server that never answers the handshake", "gRPC, connection backoff", "prc"),
  "PRC-06": row("The order in which a server is ended", "MCP, stdio shutdown", "prc-ends"),
  "PRC-07": row("A wrapper whose grandchild ignores everything", "field reports", "prc-ends"),
  "PRC-08": row("Fifty stops and fifty kills", "field reports", "prc-many"),
  "PRC-09": row(
    "A gateway killed with its servers running",
    "field reports",
    "prc-ends",
    "where there is no /proc, nothing tells an orphan from a stranger: there it is left",
  ),
  "PRC-10": row("A server that dies in the middle of a call", "field reports", "prc"),
  "PRC-11": row("A server that dies between its answer and the next request", "field reports", "prc-many"),

  "TRN-01": row("Noise on stdout", "field reports", "trn-stdio"),
  "TRN-02": row("Messages cut anywhere, and many in one piece", "MCP, stdio framing", "trn-stdio"),
  "TRN-03": row("Endless stdout without a newline", "field reports", "trn-stdio"),
  "TRN-04": row("Megabytes on stderr from a blocking writer", "field reports", "trn-stdio"),
  "TRN-05": row("A stream dropped before its answer", "MCP 2026-07-28, no resumption", "trn-http"),
  "TRN-06": row("A session that the server has forgotten, noticed by twenty calls", "field reports", "trn-http"),
  "TRN-07": row("Answers over HTTP that are no MCP", "practice", "trn-http"),
  "TRN-08": row("A proxy between that cuts quiet connections", "MCP, keep-alive; field reports", "trn-quiet"),
  "TRN-09": row("Certificates that do not hold", "OWASP AISVS 10.3.1", "trn-http"),

  "PRO-01": row("Both eras on both sides, over both carriers", "MCP, versioning", "pro"),
  "PRO-02": row("Every answer to the era probe", "MCP, stdio compatibility", "pro"),
  "PRO-03": row("Headers that contradict the body", "MCP, Streamable HTTP", "pro-http"),
  "PRO-04": row("Unknown versions, methods, missing metadata", "MCP", "pro-http"),
  "PRO-05": row("Requests that are no JSON-RPC", "JSON-RPC", "pro-http"),
  "PRO-06": row("Methods and headers of the other era", "MCP", "pro-http"),
  "PRO-07": row("Result types that nobody knows", "MCP", "pro"),
  "PRO-08": row("Messages that do not belong on a stream", "MCP", "pro"),
  "PRO-09": row("A request state altered, swapped, replayed", "MCP, multi-round requests", "pro-rounds"),
  "PRO-10": row("Wrong progress, and floods of it", "MCP, progress", "pro-rounds"),

  "DSC-01": row("One server hangs in the handshake, one in its list", "field reports", "dsc"),
  "DSC-02": row("All servers down", "practice of gateways", "dsc"),
  "DSC-03": row("Pages: three, an empty cursor, a repeated one, endless", "MCP, pagination", "dsc"),
  "DSC-04": row("One broken definition among thirty", "field reports", "dsc", "the dashboard; the log, check and why show it"),
  "DSC-05": row("Header annotations that cannot be", "MCP, x-mcp-header", "dsc"),
  "DSC-06": row("Schemas that refer elsewhere", "MCP, $ref", "dsc"),
  "DSC-07": row("Twenty starts, the servers in any order", "MCP, deterministic order", "dsc"),

  "RTE-01": row("Two servers with one tool name", "MCP, disambiguation", "rte"),
  "RTE-02": row("Names that are too long", "field reports", "rte"),
  "RTE-03": row("Names that become equal when cleaned", "field reports", "rte"),
  "RTE-04": row(
    "A newcomer that wants a taken name",
    "OWASP AISVS 10.6.5; CVE-2026-30856",
    "rte",
    "names of our own tools, which come with selection",
  ),
  "RTE-05": row("Names with characters that cannot be seen", "practice", "rte"),
  "RTE-06": row("Unknown, stopped and disabled tools", "practice", "rte"),
  "RTE-07": row("One resource URI on two servers; paths in URIs", "MCP, resources; CVE-2025-53109", "rte"),

  "CAL-01": row("A call past its time", "MCP, cancellation", "cal-time"),
  "CAL-02": row("A client that leaves during its call", "MCP, cancellation", "cal-cancel"),
  "CAL-03": row("A cancel while other calls run and wait", "field reports", "cal-cancel"),
  "CAL-04": row("Progress for ever", "MCP, maximum timeout", "cal-time"),
  "CAL-05": row("The other methods past their time", "field reports", "cal-time"),
  "CAL-06": row("A connection lost after the tool has run", "field reports", "cal-loss"),
  "CAL-07": row("A server that fails every read", "Envoy, retry budget", "cal-loss"),
  "CAL-08": row("The breaker opens, probes and closes", "Envoy, outlier detection", "cal-loss"),
  "CAL-09": row("A deadline shorter than ours", "gRPC, deadlines", "cal-time"),
  "CAL-10": row("A second request with an id in flight", "field reports", "cal-ids"),
  "CAL-11": row("Cancels and timeouts around the end of calls", "MCP, races", "cal-ids"),

  "ISO-01": row("Fifty clients with the same ids", "CVE-2026-25536", "iso"),
  "ISO-02": row("Two clients with one progress token", "field reports", "iso"),
  "ISO-03": row("Each client hears what it subscribed to", "MCP, subscriptions", "iso-news"),
  "ISO-04": row("Private lists of two principals", "MCP, caching", "iso-view"),
  "ISO-05": row("A session of somebody else", "CVE-2026-33946", "iso-view"),
  "ISO-06": row("Cancelling an id that another client uses too", "practice", "iso"),
  "ISO-07": row("A question goes to the one whose call caused it", "MCP, multi-round requests", "iso-news"),
  "ISO-08": row("One client floods a slow server", "practice", "iso"),
  "ISO-09": row("A hidden tool called by its name", "OWASP AISVS 10.2.4", "iso-view", "The log of refusals comes with the audit."),

  "CAN-01": row("A thousand announcements of a changed list", "field reports", "can"),
  "CAN-02": row("A reading of a list that fails", "field reports", "can"),
  "CAN-03": row("Times to live of every kind", "MCP, caching", "can"),
  "CAN-04": row("Tools that changed while the connection was down", "field reports", "can"),
  "CAN-05": row("A restart while clients listen", "MCP, subscriptions", "can"),
  "CAN-06": row("Results that depend on an answer", "MCP, caching", "can"),

  "OVL-01": row("Requests that are too large", "CVE-2026-39313", "ovl"),
  "OVL-02": row("Five hundred calls at once", "Envoy, circuit breaking", "ovl"),
  "OVL-03": { title: "One client above its rate", source: "practice", deferred: "Rates for each client come with the rules." },
  "OVL-04": row("A client that reads nothing", "field reports", "ovl"),
  "OVL-05": row("Subscriptions and sessions without number", "practice", "ovl-many"),
  "OVL-06": row("All servers go down and come back", "gRPC, jitter", "ovl-many"),
  "OVL-07": row("No file descriptor left", "practice", "ovl-many"),
  "OVL-08": row("Hours of everything at once", "practice", "ovl-soak"),

  "SHD-01": row("The end of an idle gateway", "field reports", "shd"),
  "SHD-02": row("The end with a call in flight", "Envoy, drain", "shd"),
  "SHD-03": row("The end with a call that never ends", "field reports", "shd"),
  "SHD-04": row("The end with open streams", "MCP, graceful closure", "shd"),
  "SHD-05": row("The host of a stdio gateway ends or is killed", "field reports", "shd"),
  "SHD-06": row("The gateway as process 1", "field reports", "shd"),

  "AUT-01": row("Foreign hosts and origins", "MCP; CVE-2025-64443", "aut", "The dashboard and its feed, which are not there yet."),
  "AUT-02": row("Where it listens", "CVE-2026-23744", "aut"),
  "AUT-04": row("A client's headers stay here", "OWASP AISVS 10.2.7", "aut-callers"),
  "AUT-05": row("Keys that are nearly right, keys in addresses", "CWE-208", "aut-callers"),
  "AUT-06": row(
    "URLs of a malicious server",
    "MCP, SSRF; CVE-2026-31945",
    "aut-urls",
    "Metadata that a server names, which is read once OAuth comes; until then none of its URLs is followed.",
  ),
  "AUT-11": row("Internal headers from outside", "GHSA-g53w-w6mj-hrpp", "aut-callers"),
  "AUT-13": row("Posts from other sites", "CVE-2026-33252", "aut"),

  "SEC-01": row("What a child sees of the environment", "practice", "sec"),
  "SEC-02": row(
    "Secrets in everything that is put out",
    "OWASP MCP01",
    "sec-outputs",
    "OAuth tokens, the dashboard and traces, which are not there yet.",
  ),
  "SEC-03": row("Secrets that a server repeats", "field reports", "sec"),
  "SEC-04": row("Placeholders in arguments and results", "CVE-2026-32625", "sec"),
  "SEC-05": row("Modes of files and folders", "practice", "sec"),
  "SEC-06": row("Secrets in the list of processes", "practice", "sec"),

  "BIG-01": row("Results just below and above the limit", "practice", "big"),
  "BIG-02": row(
    "Images, long texts, many blocks, unknown blocks",
    "field reports",
    "big",
    "Previews and handles for large results come with `results.spill`; until then they pass whole.",
  ),
  "BIG-03": row("Deep, wide and precise JSON", "practice", "big-json"),
  "BIG-04": row("Names of prototypes as data", "OWASP, prototype pollution", "big-json"),
  "BIG-05": row("Bytes that are no text", "MCP, UTF-8", "big-json"),

  "PER-01": row("Killed while it writes", "field reports", "per", "Writes of tokens come with OAuth."),
  "PER-02": row("Two writers of one configuration", "field reports", "per", "The dashboard as a third."),
  "PER-03": row("Broken caches and states", "field reports", "per", "Stores of tokens come with OAuth."),
  "PER-04": row("State of another version", "practice", "per", "Migration: there is no older version yet to migrate from."),
  "PER-05": row("How editors save", "practice", "per"),
  "PER-06": row("Lines within log lines", "practice", "per", "Entries of an audit log come with it."),

  "CLI-01": row("Pure protocol on stdout", "field reports", "cli"),
  "CLI-02": row("Exit codes of `call`", "practice", "cli"),
  "CLI-03": row("Ctrl-C, and readers that leave", "field reports", "cli"),
  "CLI-04": row("No terminal, no configuration", "practice", "cli"),
  "CLI-05": row("A port in use, two gateways, a stale lock", "practice", "cli"),
};
