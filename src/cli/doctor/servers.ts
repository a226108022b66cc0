/** The servers: do they start, do their names fit, is one shared that had better not be, what do they not get to see? */

import type { Item } from "../../catalog/item.ts";
import { cautionsFor } from "../../config/cautions.ts";
import type { Config, ServerConfig } from "../../config/config.ts";
import { HOST_PREFIXES } from "../../config/schema/file.ts";
import type { ServerStatus } from "../../status.ts";
import { childEnv, withheld } from "../../upstream/links/child-env.ts";
import type { Finding } from "./finding.ts";

/** What models may be given, whatever a host puts before it (Anthropic, OpenAI). */
const LONGEST_NAME = 64;
/** Tools that change what later calls of others see: a page, a folder, a transaction. */
const STATEFUL =
  /(^|[_\W])(navigate|browser|session|login|log_in|cd|chdir|set_cwd|open_page|new_page|use_database|begin|commit|checkout)([_\W]|$)/i;
/** Of these at least so many must be there: one word may be a chance. */
const TELLING = 2;
const CREDENTIAL = /KEY|TOKEN|SECRET|PASS|AUTH|CREDENTIAL/i;
const NAMED = 8;

export function examineServers(servers: readonly ServerStatus[]): Finding[] {
  if (servers.length === 0) return [{ about: "none", level: "hint", says: "There is no server.", mend: "toolyard add NAME -- COMMAND" }];
  return servers.map(({ name, state, reason, mend, tools, transport, era, lists }): Finding => {
    if (state === "disabled" && reason === undefined) return { about: name, level: "note", says: "disabled" };
    const waits = (state === "idle" || state === "ready") && reason === undefined;
    const heard = tools === 1 ? "1 tool" : `${tools} tools`;
    const says = `${state}, ${heard}, ${transport}${era === undefined ? "" : `, ${era} era`}${lists === "live" ? "" : `, lists: ${lists}`}`;
    if (waits) return { about: name, level: "good", says };
    return {
      about: name,
      level: "bad",
      says: `${state}: ${reason ?? "it did not come up in time"}`,
      ...(mend === undefined ? {} : { mend }),
    };
  });
}

/** Secrets where everybody can read them. */
export function examineCautions({ servers }: Config): Finding[] {
  return [...servers.values()].flatMap((server) =>
    cautionsFor(server).map((says): Finding => ({ about: server.name, level: "hint", says })),
  );
}

/** Names that a host makes too long, as it puts its own prefix before them. */
export function examineNames(tools: readonly Pick<Item, "id" | "name">[], { hostPrefix }: Config["naming"]): Finding[] {
  if (tools.length === 0) return [];
  const longest = Math.max(...tools.map(({ name }) => name.length));
  const says = `${tools.length} tools; the longest name has ${longest} letters`;
  const tooLong = [...Map.groupBy(Object.entries(HOST_PREFIXES), ([, prefix]) => prefix)].flatMap(([prefix, hosts]) => {
    const over = tools.filter(({ name }) => prefix.length + name.length > LONGEST_NAME);
    const names = hosts.map(([host]) => host);
    return hostPrefix.length >= prefix.length || over.length === 0 ? [] : [tooLongBehind(prefix, names, over)];
  });
  return [{ about: "names", level: "good", says: tooLong.length === 0 ? `${says}, which fits every host known here` : says }, ...tooLong];
}

function tooLongBehind(prefix: string, hosts: readonly string[], over: readonly Pick<Item, "name">[]): Finding {
  const many = over.length === 1 ? "A name is" : `${over.length} names are`;
  const says = `${many} longer than ${LONGEST_NAME} letters behind the ${prefix} of this host: ${over[0]?.name}${over.length === 1 ? "" : ", …"}`;
  return { about: hosts.join(", "), level: "hint", says, mend: `If you use it, set "naming": { "host": "${hosts[0]}" }.` };
}

/** Servers whose tools look as if one call changed what the next one finds, and that several clients share. */
export function examineSharing({ servers }: Config, tools: readonly Pick<Item, "id">[]): Finding[] {
  return [...servers.values()].flatMap((server): Finding[] => {
    if (server.disabled || server.sharing === "per-client") return [];
    const own = tools.filter(({ id }) => id.startsWith(`${server.name}/`)).map(({ id }) => id.slice(server.name.length + 1));
    const telling = own.filter((name) => STATEFUL.test(name));
    if (telling.length < TELLING) return [];
    const says = `It seems to keep state between calls (${telling.slice(0, 3).join(", ")}), and ${audience(server)} share it.`;
    return [{ about: server.name, level: "hint", says, mend: '"sharing": "per-client" gives each client its own.' }];
  });
}

function audience({ sharing }: ServerConfig): string {
  return sharing === "shared" ? "all callers" : "all clients of one user";
}

/** Our variables that programs do not get: how many, and the names of those that look like credentials. */
export function examineWithheld({ servers }: Config, env: Readonly<Record<string, string | undefined>>): Finding[] {
  const programs = [...servers.values()].filter(({ transport, disabled }) => transport.kind === "stdio" && !disabled);
  if (programs.length === 0) return [];
  const lacking = programs.map(({ transport }) =>
    transport.kind === "stdio" ? new Set(withheld(env, childEnv(env, transport.inheritEnv, transport.env))) : new Set<string>(),
  );
  const all = [...(lacking[0] ?? [])].filter((name) => lacking.every((each) => each.has(name)));
  if (all.length === 0) return [];
  const telling = all.filter((name) => CREDENTIAL.test(name));
  const named = `${telling.slice(0, NAMED).join(", ")}${telling.length > NAMED ? ", …" : ""}`;
  const among = telling.length === 0 ? "none of which looks like a credential" : `among them ${named}`;
  const says = `${all.length} variables of this environment are given to no program, ${among}.`;
  return [{ about: "variables", level: "note", says, mend: 'Where one needs some: "inheritEnv": ["NAME", "AWS_*"], or "env".' }];
}
