// A ranker of tools made of the shipped index with its defaults, as scorers of tool selection take it:
// createRanker(tools) → (query, limit) → [{ server, name }, …], best first.
//   tools: [{ server, server_description?, name, description?, inputSchema? }]

const place = process.features.typescript ? ["../src/", ".ts"] : ["../dist/", ".js"];
const load = (module) => import(new URL(`${place[0]}${module}${place[1]}`, import.meta.url));
const { ToolIndex } = await load("selection/tool-index");
const { snapshotOf } = await load("catalog/snapshot");

export function createRanker(tools) {
  const index = new ToolIndex();
  index.apply(snapshotFrom(tools));
  return (query, limit) => index.search(query, { limit }).map(({ item }) => ({ server: item.server, name: item.origin }));
}

/** The catalog of these tools, as servers of these names would make it; what a server says of itself are its instructions. */
export function snapshotFrom(tools) {
  const sections = new Map();
  const all = tools.map(({ server, server_description: instructions, name, ...rest }) => {
    const item = { kind: "tool", server, origin: name, id: `${server}/${name}`, name: `${server}__${name}`, definition: { name, ...rest } };
    const section = sections.get(server) ?? {
      server,
      prefix: `${server}__`,
      source: "live",
      items: [],
      hidden: [],
      instructions,
      capabilities: {},
    };
    sections.set(server, section);
    section.items.push(item);
    return item;
  });
  return snapshotOf({ version: 1, sections, tools: all, prompts: [], resources: [], templates: [], hidden: [] });
}
