/** Why a name can, or cannot, be called: everything that decided it, in sentences. */

import type { Item, Snapshot } from "./catalog/item.ts";
import { suggestNames } from "./catalog/suggest.ts";
import type { ServerStatus } from "./status.ts";
import type { Why } from "./view-source.ts";

export interface WhyContext {
  /** Everything that is offered, before any toolset. */
  readonly whole: Snapshot;
  /** What the one who asks may see. */
  readonly visible: Snapshot;
  readonly servers: readonly ServerStatus[];
}

/** @param name an exposed name, a tool id (`server/tool`) or a server's name */
export function whyOf(name: string, context: WhyContext): Why {
  const item = findItem(name, context.visible);
  if (item !== undefined) return ofItem(name, item, context);
  const hiddenByToolset = findItem(name, context.whole);
  if (hiddenByToolset !== undefined) {
    const { server, origin } = hiddenByToolset;
    return { name, callable: false, server, tool: origin, reasons: ["It is offered, but the toolset of this view does not include it."] };
  }
  return ofHidden(name, context) ?? ofServer(name, context) ?? ofNothing(name, context);
}

function ofItem(name: string, item: Item, { servers }: WhyContext): Why {
  const status = servers.find((server) => server.name === item.server);
  const is = `It is the ${item.kind} "${item.origin}" of server "${item.server}"${item.name === name ? "" : `, exposed as ${item.name}`}.`;
  const callable = status?.state === "ready" || status?.state === "idle";
  return { name, callable, server: item.server, tool: item.origin, reasons: [is, ...(status === undefined ? [] : stateReasons(status))] };
}

/** Dropped by a filter, a conflict or its own broken definition. */
function ofHidden(name: string, { whole, servers }: WhyContext): Why | undefined {
  const all = [...whole.hidden, ...[...whole.sections.values()].flatMap((section) => section.hidden)];
  const found = all.filter(({ id }) => id === name || id.replace("/", "__") === name || id.endsWith(`/${name}`));
  const [first] = found;
  if (first === undefined) return undefined;
  const server = servers.find((status) => first.id.startsWith(`${status.name}/`))?.name;
  const reasons = found.map(({ id, reason }) => `${id} is not offered: ${reason}`);
  return { name, callable: false, ...(server === undefined ? {} : { server, tool: first.id.slice(server.length + 1) }), reasons };
}

/** The name of a server, or of something that a server without lists may have. */
function ofServer(name: string, { servers }: WhyContext): Why | undefined {
  const status = servers.find(
    (server) => name === server.name || name.startsWith(`${server.name}/`) || name.startsWith(`${server.name}__`),
  );
  if (status === undefined) return undefined;
  const known = status.lists === "none" ? "Its tools are not known yet." : `It has no tool of that name; it offers ${status.tools}.`;
  const reasons = name === status.name ? stateReasons(status) : [known, ...stateReasons(status)];
  return { name, callable: false, server: status.name, reasons };
}

function ofNothing(name: string, { visible }: WhyContext): Why {
  const near = suggestNames(
    name,
    visible.tools.map((item) => item.name),
  );
  const hint = near.length === 0 ? [] : [`The nearest names are ${near.join(", ")}.`];
  return { name, callable: false, reasons: ["No server offers anything of that name.", ...hint] };
}

function stateReasons({ name, state, reason, mend, lists, retryAfterMs }: ServerStatus): string[] {
  const next = retryAfterMs === undefined ? "" : ` The next try is in ${Math.ceil(retryAfterMs / 1_000)} s.`;
  const first = `Server "${name}" is ${state}${state === "idle" ? " and is started by the next call" : ""}.${next}`;
  const why = reason === undefined ? [] : [`${reason} ${mend ?? ""}`.trim()];
  const source = lists === "cached" ? ["What it offers is known from its last run."] : [];
  return [first, ...why, ...source];
}

function findItem(name: string, snapshot: Snapshot): Item | undefined {
  const byId = (items: readonly Item[]): Item | undefined => items.find((item) => item.id === name);
  return snapshot.tool(name) ?? snapshot.prompt(name) ?? snapshot.resource(name) ?? byId(snapshot.tools) ?? byId(snapshot.prompts);
}
