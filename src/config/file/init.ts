/**
 * The file that `toolyard init` writes: runs as it is, and shows what else there is.
 *
 * @param schema address of the schema that is shipped with the package
 */
export function starterConfig(schema = "./node_modules/toolyard/toolyard.schema.json"): string {
  return STARTER.replace("SCHEMA", () => JSON.stringify(schema));
}

const STARTER = `{
  // Editors complete and check this file by its schema.
  "$schema": SCHEMA,

  // Your MCP servers, in the shape that every host uses: paste entries from elsewhere as they are.
  "mcpServers": {
    // A program that Toolyard starts. Its tools are then called files__read_file and so on.
    "files": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-filesystem", "."]
    },

    // Take the comment signs away to add a server that runs elsewhere. \${env:NAME} is read from the
    // environment; should it not be set, this server alone is left out, and \`toolyard check\` says so.
    // "crm": {
    //   "url": "https://crm.example.com/mcp",
    //   "headers": { "Authorization": "Bearer \${env:CRM_TOKEN}" },
    //   "tools": { "deny": ["delete_*"] }
    // },

    // A disabled entry is kept, and costs nothing.
    "memory": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-memory"],
      "disabled": true
    }
  }

  // Every other key, with its default: docs/configuration.md.
}
`;
