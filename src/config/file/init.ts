/**
 * The file that `toolyard init` writes: runs as it is, and shows what else there is.
 *
 * @param schema URL or path by which editors find the schema
 */
export function starterConfig(schema: string): string {
  return STARTER.replace("SCHEMA", () => JSON.stringify(schema));
}

const STARTER = `{
  // Editors complete and check this file by its schema.
  "$schema": SCHEMA,

  // Your MCP servers, in the shape that every host uses: paste entries from elsewhere as they are.
  "mcpServers": {
    // A program that Toolyard starts. Its tools are then called memory__read_graph and so on.
    "memory": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-memory"]
    },

    // A disabled entry is kept, and costs nothing. Name a folder of yours before you enable this one.
    "files": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-filesystem", "\${HOME}/projects"],
      "disabled": true
    }

    // A server that runs elsewhere. \${env:NAME} is read from the environment; where it is not set,
    // this server alone is left out, and \`toolyard check\` says so.
    // "crm": {
    //   "url": "https://crm.example.com/mcp",
    //   "headers": { "Authorization": "Bearer \${env:CRM_TOKEN}" },
    //   "tools": { "deny": ["delete_*"] }
    // }
  }

  // All other keys, with their defaults: docs/configuration.md.
}
`;
