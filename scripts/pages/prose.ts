/** What the schema cannot say, for docs/configuration.md. */

export const intro = `# Configuration

Made from the schema in \`src/config/schema/\` by \`npm run docs\`; change it there.

Toolyard reads one file, \`toolyard.json\`: JSON in which comments and trailing commas are allowed. \`toolyard init\` writes one to begin with, \`toolyard check\` says what is wrong
with yours (with the same verdict as a start), and editors complete and check it by \`toolyard.schema.json\`, which is part of the package. The smallest that is useful:

\`\`\`jsonc
{
  "mcpServers": {
    "files": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "/data"] },
    "crm": { "url": "https://crm.example.com/mcp", "headers": { "Authorization": "Bearer \${env:CRM_TOKEN}" } }
  }
}
\`\`\`

In code the same shape is given to \`openToolyard\` as an object. There an entry may also be functions: \`{ tools: [{ name, description, inputSchema, call }] }\`.

**A mistake inside one server's entry** (a key that does not exist, a variable that is not set) leaves out that server, with the reason; all others work. **A mistake elsewhere** refuses
the file. Either way the message names file, line and column, and the nearest key where one was mistyped. \`toolyard serve --strict\` refuses both.

## Where the file is looked for

1. Where \`--config FILE\` says.
2. \`$XDG_CONFIG_HOME/toolyard/toolyard.json\`, which is \`~/.config/toolyard/toolyard.json\` unless you have set that variable.
3. \`./toolyard.json\`, in the working directory. It runs commands and may have come with a folder that you only downloaded, so it is read after \`toolyard trust\` alone, and has to be trusted
   again when it has changed. (With \`--config\` you have named it yourself.)

Relative paths in it are relative to the folder of the file, and programs are started there.

## How values are written

| Type | Written as |
|---|---|
| duration | \`"250ms"\`, \`"60s"\`, \`"10m"\`, \`"2h"\`, \`"1d"\`, or a number of milliseconds |
| size | \`"500B"\`, \`"128KB"\`, \`"10MB"\` in steps of 1024, or a number of bytes |
| rate | a count in a time: \`"5/60s"\` |
| names of tools | as the server gives them; \`*\` stands for anything: \`"search_*"\` |

What is out of range is refused, and the message says the range.

## Placeholders

They stand in \`command\`, \`args\`, \`env\`, \`envFile\`, \`cwd\`, \`url\`, \`headers\` and \`roots\` of a server, and in \`gateway.host\` and \`gateway.publicUrl\`.

| Placeholder | Becomes |
|---|---|
| \`\${env:NAME}\`, \`\${NAME}\` | the variable of the environment that Toolyard runs in |
| \`\${file:PATH}\` | the text of the file, without its last line break |
| \`\${secret:NAME}\` | the variable \`TOOLYARD_SECRET_NAME\` (in capitals, \`_\` for what is no letter or digit), else the file \`secrets/NAME\` in the state directory (\`~/.local/state/toolyard\`), which nobody but you may be able to read |
| \`\${input:NAME}\` | what \`--input NAME=…\` gave, else the variable \`TOOLYARD_INPUT_NAME\` |
| \`$\${\` | a plain \`\${\` |

Each may carry a default for a value that is missing or empty: \`\${env:NAME:-default}\`. Without one, a missing value leaves out that server, and so does an empty one in a header or an address; the message names what was missing. What is put in is
never read for placeholders again, and nothing that comes from a model, a server or the HTTP API ever is.

## When the file changes

A running gateway reads it again at once. If the file as a whole is not valid, or has gone, what runs goes on, and the reason is told. Else only what changed is touched. A server whose program or
address is the same keeps running, also when its rules, names or times differ. A changed one is connected first and then takes over, while calls to the old one may finish within \`limits.drain\`. Calls to a
removed one may finish too; new ones are told that it is gone.
`;
