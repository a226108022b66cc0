/**
 * The shape of `toolyard.json`. The JSON Schema and `docs/configuration.md` are made from it, so each
 * description is written for somebody who sees the key for the first time.
 */

import { z } from "zod";
import type { GatewayConfig, Limits, Naming, Results, Toolset } from "../config.ts";
import { choice, duration, flag, refuse, section, template, texts, whole } from "./fields.ts";
import { limits } from "./limits.ts";
import { results } from "./results.ts";
import { selection, selectionKeys, type SelectionShape } from "./selection.ts";
import { serverSchema } from "./server.ts";

/** The file once its shape is known to be right; server entries are read one by one. */
export interface FileShape {
  readonly mcpServers: Readonly<Record<string, unknown>>;
  readonly naming: Naming;
  readonly toolsets: Readonly<Record<string, Toolset>>;
  readonly selection: SelectionShape;
  readonly discovery: { readonly waitMs: number };
  readonly results: Results;
  readonly limits: Limits;
  readonly gateway: GatewayConfig;
}

/** What hosts put before the names of a server that is called `toolyard` there. */
export const HOST_PREFIXES: Readonly<Record<string, string>> = {
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
    ...selectionKeys,
  },
  { description: "A named choice of servers and tools for one kind of caller, reached at `/mcp/NAME` and by `yard.view({ toolset })`." },
).transform(({ servers, tools, ...said }): Toolset => {
  const isSilent = Object.values(said).every((value) => value === undefined);
  return isSilent ? { servers, tools } : { servers, tools, selection: said };
});

const discovery = section(
  {
    wait: duration("0ms", "5m", {
      description: "How long the very first list waits for servers that have never been listed before it answers with what is there.",
      examples: ["5s"],
    }).prefault("3s"),
  },
  { description: "The first list of tools." },
).transform(({ wait }) => ({ waitMs: wait }));

const auth = section(
  {
    keys: flag({
      description: "Whether callers need a key of `toolyard keys`, sent as `Authorization: Bearer KEY`.",
      examples: [true],
    }).prefault(false),
  },
  {
    description:
      "How callers are told apart. Without it nobody is asked, and the gateway listens on this machine alone. The local socket of `toolyard stdio` is the user's own and asks for nothing.",
  },
);

const gateway = section(
  {
    host: template({
      description: "The address to listen on. One beyond this machine (`127.0.0.1`, `::1`, `localhost`), such as `0.0.0.0`, needs `auth`.",
      examples: ["::1"],
    }).prefault("127.0.0.1"),
    port: whole({ min: 0, max: 65_535 }, 8808, { description: "The port; 0 takes any free one.", examples: [0] }),
    publicUrl: template({
      description: "The address by which clients reach the gateway, where a proxy stands before it; its host is then accepted.",
      examples: ["https://tools.example.com"],
    }).optional(),
    auth: auth.prefault({}),
  },
  { description: "Where `toolyard serve` listens, and to whom." },
).transform(({ host, port, publicUrl, auth: asked }): GatewayConfig => ({ host, port, publicUrl, auth: asked }));

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
      results: results.prefault({}),
      limits: limits.prefault({}),
      gateway: gateway.prefault({}),
    },
    { description: "Configuration of Toolyard" },
    ["cluster", "integrity"],
  );
}

/** The whole file but for what stands inside the servers' entries, which are read one by one. */
export const fileSchema: z.ZodType<FileShape> = root(z.unknown());

/** The JSON Schema of the file (draft 7, which editors understand). */
export function jsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(root(serverSchema), { io: "input", target: "draft-7", unrepresentable: "any" }) };
}
