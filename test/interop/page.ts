/** What was found, as docs/compatibility.md. */

import type { Carrier, Step, Tried } from "./try.ts";
import type { Checked } from "./check-server.ts";

const STEPS: readonly { readonly step: string; readonly title: string }[] = [
  { step: "connect", title: "handshake" },
  { step: "list", title: "lists" },
  { step: "call", title: "call" },
  { step: "progress", title: "progress" },
  { step: "form", title: "form" },
  { step: "sampling", title: "sampling" },
  { step: "task", title: "task" },
  { step: "cancel", title: "cancel" },
  { step: "after", title: "call after it" },
];

const INTRODUCTION = `# Compatibility

Clients and servers that others have made, tried with Toolyard between them: every client against the gateway, with all servers
of the second table behind it. \`npm run interop\` installs them, tries them and writes this page; it needs the registry of npm.

✓ works · ✗ does not · – the client has no such thing, or does not show it`;

const CLIENTS = `## Clients

*form* and *sampling*: a server asks in the middle of a call, and the client answers. *task*: a call becomes one, asks a question,
and is fetched. *cancel*: the client gives a call up, and
the server is free again within 3 s. A server that several clients share asks nobody while a call that one of them gave up may
still be at work there, as nobody could know whose question it is; so clients are tried one after the other, with a pause.`;

const SERVERS = `## Servers

Each is listed and, where that needs neither network nor account, called through the gateway, by a client of either era.`;

export interface Found {
  readonly clients: readonly Tried[];
  readonly servers: readonly Checked[];
  /** As `2026-11-24`. */
  readonly date: string;
  readonly node: string;
}

export function pageOf({ clients, servers, date, node }: Found): string {
  const footer = `Tried on ${date} with Node ${node}.`;
  return `${[INTRODUCTION, CLIENTS, clientTable(clients), notesOf(clients), SERVERS, serverTable(servers), footer]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}

function clientTable(clients: readonly Tried[]): string {
  const head = ["client", "by", ...STEPS.map(({ title }) => title), "speaks"];
  const rows = clients.map(({ client, carrier, steps }) => {
    const title = client.title ?? `${client.name} ${client.version}`;
    const shaken = find(steps, "connect") ?? find(steps, "list"); // a program shows no handshake, but does not list without one
    const others = STEPS.slice(1).map(({ step }) => find(steps, step));
    return [title, nameOf(carrier), ...[shaken, ...others].map(sign), spoken(steps)];
  });
  return table(head, rows);
}

function nameOf(carrier: Carrier): string {
  return carrier === "http" ? "HTTP" : "stdio";
}

function find(steps: readonly Step[], step: string): Step | undefined {
  return steps.find((one) => one.step === step);
}

function sign(step: Step | undefined): string {
  if (step === undefined || step.ok === null) return "–";
  return step.ok ? "✓" : "✗";
}

/** The revision, where a client shows it. */
function spoken(steps: readonly Step[]): string {
  return /\d{4}-\d\d-\d\d/.exec(find(steps, "connect")?.note ?? "")?.[0] ?? "–";
}

/** Why something does not work. */
function notesOf(clients: readonly Tried[]): string {
  return clients
    .flatMap(({ client, carrier, steps }) =>
      steps
        .filter(({ ok }) => ok === false)
        .map(({ step, note }) => `- ${client.title ?? client.name} by ${nameOf(carrier)}, ${step}: ${note.replaceAll("|", "\\|")}`),
    )
    .join("\n");
}

function serverTable(servers: readonly Checked[]): string {
  const head = ["server", "speaks", "tools", "prompts", "resources", "call by a legacy client", "call by a modern client"];
  const rows = servers.map(({ server, speaks, tools, prompts, resources, calls, note }) => [
    `${server.name} ${server.version}`,
    speaks,
    ...[tools, prompts, resources].map(String),
    ...(calls === undefined ? ["–", `– ${note}`] : calls.map((call) => (call.ok ? "✓" : `✗ ${call.note}`))),
  ]);
  return table(head, rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
