/** Whose a tool is. A gateway's list does not say; the configuration does. */

import { namePrefix } from "../catalog/name.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import type { CommandYard } from "./yard.ts";

/** The server of an exposed name; undefined for a name that says nothing of it. */
export type OwnerOf = (name: string) => string | undefined;

export async function ownersIn({ yard, place, gateway }: CommandYard): Promise<OwnerOf> {
  if (gateway === undefined) return (name) => yard.resolve(name)?.server;
  return ownersBy(await loadConfig(place.file, { inputs: place.inputs }));
}

/** Whose a name is by a configuration alone: namespaces are prefix-free; names that the configuration chose stand in it; bare ones are of the one server that has such. */
export function ownersBy({ servers, naming }: Config): OwnerOf {
  const all = [...servers.values()].filter(({ disabled }) => !disabled);
  const chosen = new Map(
    all.flatMap(({ name, tools }) =>
      [...tools.override.values()].flatMap((override) => (override.name === undefined ? [] : [[override.name, name] as const])),
    ),
  );
  const prefixes = all.map(({ name, namespace }) => ({ name, prefix: namePrefix({ namespace, separator: naming.separator }) }));
  const bare = prefixes.filter(({ prefix }) => prefix === "");
  return (name) => {
    const owner = prefixes.find(({ prefix }) => prefix !== "" && name.startsWith(prefix))?.name;
    return chosen.get(name) ?? owner ?? (bare.length === 1 ? bare[0]?.name : undefined);
  };
}
