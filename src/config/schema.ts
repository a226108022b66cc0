/**
 * The shape of `toolyard.json`. The JSON Schema and `docs/configuration.md` are made from it, so each
 * description is written for somebody who sees the key for the first time.
 */

import { z } from "zod";
import type { GatewayConfig, Limits, Naming, Toolset } from "./config.ts";
import { choice, duration, rate, refuse, section, size, template, texts, whole } from "./fields.ts";
import { serverSchema } from "./server-schema.ts";

/** The file once its shape is known to be right; server entries are read one by one. */
export interface FileShape {
  readonly mcpServers: Readonly<Record<string, unknown>>;
  readonly naming: Naming;
  readonly toolsets: Readonly<Record<string, Toolset>>;
  readonly selection: { readonly mode: "all" };
  readonly discovery: { readonly waitMs: number };
  readonly limits: Limits;
  readonly gateway: GatewayConfig;
}

/** What hosts put before the names of a server that is called `toolyard` there. */
const HOST_PREFIXES: Readonly<Record<string, string>> = {
  "claude-code": "mcp__toolyard__",
  codex: "mcp__toolyard__",
  "gemini-cli": "mcp_toolyard_",
  opencode: "toolyard_",
};

const HOSTS = Object.keys(HOST_PREFIXES).join(", ");

const naming = section(
  {
    separator: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,8}$/, { error: "must be 1 to 8 letters, digits, _ or -." })
      .meta({ description: "Stands between a server's namespace and the name of its tool.", examples: ["_"] })
      .prefault("__"),
    maxLength: whole({ min: 32, max: 128 }, 64, {
      description: "The longest name that is offered. Many models take no more than 64 characters.",
      examples: [60],
    }),
    host: template({
      description: `The application that puts its own prefix before every name, whose length is then kept free: ${HOSTS}, or the prefix itself, ending in \`_\` or \`-\`.`,
      examples: ["claude-code"],
    })
      .transform(
        (host, context) =>
          hostPrefix(host) ?? refuse(context, `must be ${HOSTS}, or a prefix of letters, digits, _ and - that ends in _ or -.`),
      )
      .optional(),
    onConflict: choice(["error", "first", "suffix"], "error", {
      description:
        "When two names that you chose yourself are equal, the later one is hidden and reported (`error`), hidden without a word (`first`), or gets a suffix (`suffix`).",
      examples: ["suffix"],
    }),
  },
  { description: "How the names are made that models see." },
).transform(({ separator, maxLength, host, onConflict }): Naming => ({ separator, maxLength, hostPrefix: host ?? "", onConflict }));

function hostPrefix(host: string): string | undefined {
  if (Object.hasOwn(HOST_PREFIXES, host)) return HOST_PREFIXES[host];
  return /^[A-Za-z0-9_-]{0,31}[_-]$/.test(host) ? host : undefined;
}

const toolset = section(
  {
    servers: texts({
      description: "All tools of these servers. Without it and without `tools`: of all servers.",
      examples: [["crm"]],
    }).optional(),
    tools: z
      .array(z.string().regex(/^[^/]+\/.+$/, { error: 'must be a server and a tool, such as "github/search_*".' }))
      .meta({
        description: "Single tools beside them, as `server/tool`, by the names that the servers give; `*` stands for anything.",
        examples: [["github/search_*"]],
      })
      .optional(),
  },
  { description: "A named choice of servers and tools for one kind of caller, reached at `/mcp/NAME` and by `yard.view({ toolset })`." },
  ["budget"],
).transform(({ servers, tools }): Toolset => ({ servers, tools }));

const selection = section(
  {
    mode: z
      .unknown()
      .transform((mode, context): "all" => (mode === "all" ? mode : refuse(context, selectionSays(mode))))
      .meta({
        type: "string",
        enum: ["all"],
        description: "Which tools a model is shown. This version knows `all`: every tool that the caller may see.",
      })
      .prefault("all"),
  },
  { description: "How many tools a model is shown." },
  ["budget"],
);

function selectionSays(mode: unknown): string {
  const known = mode === "auto" || mode === "search";
  return known ? `"${mode}" is not available in this version; only "all" is.` : 'must be "all".';
}

const discovery = section(
  {
    wait: duration("0ms", "5m", {
      description: "How long the very first list waits for servers that have never been listed before it answers with what is there.",
      examples: ["5s"],
    }).prefault("3s"),
  },
  { description: "The first list of tools." },
).transform(({ wait }) => ({ waitMs: wait }));

const backoff = section(
  {
    first: duration("10ms", "10m", { description: "Before the first new try.", examples: ["2s"] }).prefault("1s"),
    max: duration("10ms", "1h", {
      description: "The longest wait; each wait is 1.6 times the one before, with jitter.",
      examples: ["2m"],
    }).prefault("60s"),
  },
  { description: "How long to wait before a lost server is connected again." },
).transform(({ first, max }, context) =>
  first <= max ? { firstMs: first, maxMs: max } : refuse(context, "must not have a `first` above its `max`."),
);

const breaker = section(
  {
    failures: whole({ min: 1, max: 1000 }, 5, {
      description: "So many lost connections or timeouts in a row open it. Errors that a tool itself reports never count.",
      examples: [10],
    }),
    open: duration("1s", "1h", {
      description: "So long calls are answered at once with an error, before one is let through to try.",
      examples: ["10s"],
    }).prefault("30s"),
  },
  { description: "When a server that keeps failing is left alone for a while." },
).transform(({ failures, open }) => ({ failures, openMs: open }));

const limits = section(
  {
    message: size("4KB", "256MB", {
      description: "The largest message to or from a server. A larger one fails that call alone.",
      examples: ["32MB"],
    }).prefault("10MB"),
    body: size("4KB", "256MB", { description: "The largest request that the gateway takes.", examples: ["4MB"] }).prefault("10MB"),
    starts: rate({
      description:
        "More starts of one server than this in the time, and it is left stopped until you restart it (or the next probe, every 5 minutes).",
      examples: ["3/30s"],
    }).prefault("5/60s"),
    stable: duration("1s", "1h", {
      description: "A server that has run for so long is healthy again: its failures are forgotten.",
      examples: ["5m"],
    }).prefault("60s"),
    backoff: backoff.prefault({}),
    breaker: breaker.prefault({}),
    probe: duration("100ms", "60s", {
      description: "How long a server may take to say which protocol revisions it speaks, before the older handshake is tried.",
      examples: ["5s"],
    }).prefault("2s"),
    drain: duration("0ms", "10m", {
      description: "How long calls in flight may go on when their server is changed, removed or stopped.",
      examples: ["30s"],
    }).prefault("10s"),
    keepAlive: duration("1s", "10m", {
      description: "How often an open stream carries a sign of life, so that nothing between cuts it.",
      examples: ["30s"],
    }).prefault("15s"),
    sessionIdle: duration("1m", "7d", { description: "How long a client's session outlives its last request.", examples: ["2h"] }).prefault(
      "30m",
    ),
    sendBuffer: size("16KB", "64MB", {
      description: "How much may wait for a client that reads slowly. Then progress is dropped, and at last the client.",
      examples: ["4MB"],
    }).prefault("1MB"),
    queue: whole({ min: 0, max: 100_000 }, 256, {
      description: "How many calls may wait for one server beyond those it is running.",
      examples: [64],
    }),
    queueWait: duration("0ms", "10m", { description: "How long a call may wait in that queue.", examples: ["30s"] }).prefault("5s"),
    parked: whole({ min: 1, max: 10_000 }, 64, {
      description: "How many calls of one caller may wait for a person's answer.",
      examples: [16],
    }),
    input: duration("1s", "24h", { description: "How long a call waits for a person's answer.", examples: ["30m"] }).prefault("10m"),
    pages: whole({ min: 1, max: 10_000 }, 64, { description: "How many pages of a server's list are read.", examples: [200] }),
    listDebounce: duration("0ms", "60s", {
      description: "Announcements of a changed list that come closer together than this count as one.",
      examples: ["1s"],
    }).prefault("250ms"),
  },
  { description: "Bounds. The defaults suit nearly everybody." },
).transform((given): Limits => ({
  messageBytes: given.message,
  bodyBytes: given.body,
  starts: given.starts,
  stableMs: given.stable,
  backoff: given.backoff,
  breaker: given.breaker,
  probeMs: given.probe,
  drainMs: given.drain,
  keepAliveMs: given.keepAlive,
  sessionIdleMs: given.sessionIdle,
  sendBufferBytes: given.sendBuffer,
  queue: given.queue,
  queueWaitMs: given.queueWait,
  parked: given.parked,
  inputMs: given.input,
  pages: given.pages,
  listDebounceMs: given.listDebounce,
}));

const gateway = section(
  {
    host: template({
      description:
        "The address to listen on. This version has no authentication, so it must be of this machine: `127.0.0.1`, `::1` or `localhost`.",
      examples: ["::1"],
    }).prefault("127.0.0.1"),
    port: whole({ min: 0, max: 65_535 }, 8808, { description: "The port; 0 takes any free one.", examples: [0] }),
    publicUrl: template({
      description: "The address by which clients reach the gateway, where a proxy stands before it; its host is then accepted.",
      examples: ["https://tools.example.com"],
    }).optional(),
  },
  { description: "Where `toolyard serve` listens." },
  ["auth"],
).transform(({ host, port, publicUrl }): GatewayConfig => ({ host, port, publicUrl }));

function root<Server extends z.ZodType>(server: Server) {
  return section(
    {
      $schema: template({
        description: "Where editors find the schema of this file.",
        examples: ["./node_modules/toolyard/toolyard.schema.json"],
      }).optional(),
      mcpServers: z
        .record(z.string(), server)
        .meta({ description: "The servers, by name, in the shape that every host uses: an entry pasted from another host works." })
        .prefault({}),
      naming: naming.prefault({}),
      toolsets: z.record(z.string(), toolset).meta({ description: "Named choices of servers and tools, by name." }).prefault({}),
      selection: selection.prefault({}),
      discovery: discovery.prefault({}),
      limits: limits.prefault({}),
      gateway: gateway.prefault({}),
    },
    { description: "Configuration of Toolyard" },
    ["results", "cluster", "integrity"],
  );
}

/** The whole file but for what stands inside the servers' entries, which are read one by one. */
export const fileSchema: z.ZodType<FileShape> = root(z.unknown());

/** The JSON Schema of the file (draft 7, which editors understand). */
export function jsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(root(serverSchema), { io: "input", target: "draft-7", unrepresentable: "any" }) };
}
