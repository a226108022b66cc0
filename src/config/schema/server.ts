/** The shape of one entry of `mcpServers`: our keys, and those that other hosts put there. */

import { z } from "zod";
import type { Results } from "../config.ts";
import { choice, flag, section, template, text, texts, whole } from "./fields.ts";
import { ownResults } from "./results.ts";
import { timeouts, type TimeoutsShape } from "./timeouts.ts";
import { tools, type ToolsShape } from "./tools.ts";

/** An entry whose shape is known to be right; placeholders still stand in it. */
export interface ServerShape {
  readonly type?: string | undefined;
  readonly command?: string | readonly string[] | undefined;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly envFile?: string | undefined;
  readonly inheritEnv: readonly string[];
  readonly cwd?: string | undefined;
  readonly url?: string | undefined;
  readonly serverUrl?: string | undefined;
  readonly httpUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly disabled: boolean;
  readonly enabled: boolean;
  readonly namespace?: string | undefined;
  readonly connect: "lazy" | "eager";
  readonly sharing?: "per-identity" | "shared" | "per-client" | undefined;
  readonly maxInstances: number;
  readonly ask: "auto" | "exclusive" | "none";
  readonly trust: "none" | "annotations" | boolean;
  readonly reload: "swap" | "stop-first";
  readonly timeouts: TimeoutsShape;
  readonly concurrency: number;
  readonly cache: boolean;
  readonly instructions: "own" | "off" | { readonly text: string };
  readonly roots?: readonly string[] | undefined;
  readonly tools: readonly string[] | ToolsShape;
  readonly results: Partial<Results>;
  readonly includeTools?: readonly string[] | undefined;
  readonly excludeTools?: readonly string[] | undefined;
  readonly disabledTools?: readonly string[] | undefined;
}

const instructions = z
  .union(
    [
      z.enum(["own", "off"]),
      section({ text: text({ description: "What models are told." }) }, { description: "A text in place of the server's own." }),
    ],
    {
      error: 'must be "own", "off" or { "text": "…" }.',
    },
  )
  .meta({ description: "What models are told about the server: its own instructions, none, or a text in their place.", examples: ["off"] })
  .prefault("own");

/** Keys of other hosts that mean something here too. */
const understood = {
  enabled: flag({ description: "Of other hosts: `false` is the same as `disabled: true`." }).prefault(true),
  environment: z.record(z.string(), z.string()).meta({ description: "Of other hosts: the same as `env`." }).optional(),
  envFile: template({ description: "Of other hosts: a file of `NAME=value` lines; `env` goes before it." }).optional(),
  serverUrl: template({ description: "Of other hosts: the same as `url`." }).optional(),
  httpUrl: template({ description: "Of other hosts: the same as `url`." }).optional(),
  includeTools: texts({ description: "Of other hosts: the same as `tools.allow`." }).optional(),
  excludeTools: texts({ description: "Of other hosts: the same as `tools.deny`." }).optional(),
  disabledTools: texts({ description: "Of other hosts: the same as `tools.deny`." }).optional(),
};

/** Keys of other hosts that are taken and mean nothing here; `timeout` because some count it in seconds and some in milliseconds. */
const IGNORED = [
  "alwaysAllow",
  "alwaysLoad",
  "auth",
  "autoApprove",
  "description",
  "gallery",
  "icon",
  "name",
  "oauth",
  "source",
  "timeout",
  "version",
] as const;

const ignored = Object.fromEntries(
  IGNORED.map((key) => [key, z.unknown().meta({ description: "Of other hosts: taken, and means nothing here." }).optional()]),
);

/** One entry, as it stands in the file. */
export const serverSchema: z.ZodType<ServerShape> = section(
  {
    type: z
      .enum(["stdio", "local", "http", "streamable-http", "streamable_http", "streamableHttp", "remote", "sse"], {
        error: 'must be "stdio", "http" or "sse".',
      })
      .meta({
        description:
          "How the server is reached: `stdio` (a program), `http` (Streamable HTTP) or `sse` (the older HTTP+SSE). Default: by `command` or `url`.",
        examples: ["sse"],
      })
      .optional(),
    command: z
      .union([z.string().min(1), z.array(z.string()).min(1)], { error: "must be text, or a list of the program and its arguments." })
      .meta({ description: "The program that is the server. It is started without a shell.", examples: ["npx"] })
      .optional(),
    args: z
      .array(z.string())
      .meta({ description: "The program's arguments.", examples: [["-y", "@modelcontextprotocol/server-filesystem", "/data"]] })
      .prefault([]),
    env: z
      .record(z.string(), z.string())
      .meta({ description: "Variables that the program gets.", examples: [{ TOKEN: "${env:GITHUB_TOKEN}" }] })
      .optional(),
    inheritEnv: texts({
      description:
        "Variables that the program gets from Toolyard's own environment, beside the few that every program needs; `*` stands for anything.",
      examples: [["AWS_*"]],
    }).prefault([]),
    cwd: template({
      description:
        "The folder that the program is started in; relative ones begin at the folder of this file. Default: the folder of this file.",
      examples: ["./data"],
    }).optional(),
    url: template({
      description: "The address of a server that is already running.",
      examples: ["https://crm.example.com/mcp"],
    }).optional(),
    headers: z
      .record(z.string(), z.string())
      .meta({ description: "Headers that every request to it carries.", examples: [{ Authorization: "Bearer ${secret:crm}" }] })
      .prefault({}),
    disabled: flag({ description: "Keeps the entry, but not the server.", examples: [true] }).prefault(false),
    namespace: z
      .string()
      .regex(/^[A-Za-z0-9_-]*$/, { error: "must be letters, digits, _ and -." })
      .meta({
        description: "What the names of its tools begin with. Empty: bare names, which may clash. Default: the server's name.",
        examples: ["gh"],
      })
      .optional(),
    connect: choice(["eager", "lazy"], "eager", {
      description: "`eager`: connected in the background at once. `lazy`: by its first call.",
      examples: ["lazy"],
    }),
    sharing: z
      .enum(["per-identity", "shared", "per-client"], { error: 'must be "per-identity", "shared" or "per-client".' })
      .meta({
        description:
          "Who shares one running instance: the callers of one identity, all callers, or nobody. Default: `per-identity` for a program, `shared` for a URL.",
        examples: ["per-client"],
      })
      .optional(),
    maxInstances: whole({ min: 1, max: 1024 }, 16, {
      description: "The most instances at once, where it is not shared by all.",
      examples: [4],
    }),
    ask: choice(["auto", "exclusive", "none"], "auto", {
      description:
        "Who answers when the server asks its client something: the one call in flight that can (`auto`), the only call, since all others wait for it (`exclusive`), or nobody (`none`).",
      examples: ["exclusive"],
    }),
    trust: z
      .union([z.enum(["none", "annotations"]), z.boolean()], { error: 'must be "none" or "annotations".' })
      .meta({
        description:
          "Whether the server's word is taken that a tool only reads or may run twice (`annotations`): only then is a call sent again whose fate is unknown.",
        examples: ["annotations"],
      })
      .prefault("none"),
    reload: choice(["swap", "stop-first"], "swap", {
      description:
        "When this entry has changed: the new server is connected before the old one is left (`swap`), or after it (`stop-first`, for one that holds a lock).",
      examples: ["stop-first"],
    }),
    timeouts: timeouts.prefault({}),
    concurrency: whole({ min: 1, max: 10_000 }, 64, { description: "How many calls it is given at once.", examples: [4] }),
    cache: flag({
      description: "Whether its lists are kept on disk, so that the next start need not wait for it.",
      examples: [false],
    }).prefault(true),
    instructions,
    roots: texts({
      description: "Folders (paths or `file:` URIs) that the server is told it may work in.",
      examples: [["~/projects"]],
    }).optional(),
    tools: z
      .union([tools, z.array(z.string().min(1))], { error: "must be an object, or a list of names." })
      .meta({ description: "Which of its tools are offered, and how. A list is the same as `allow`." })
      .prefault({}),
    results: ownResults("the server's").prefault({}),
    ...understood,
    ...ignored,
  },
  { description: "One server: a program (`command`) or an address (`url`)." },
  ["credentials", "integrity"],
);
