/** The commands: their arguments, options and help, and which module does the work. */

import { Option, type Command } from "commander";
import type { CommandModule, CommonOptions } from "./command.ts";
import { count, duration, milliseconds, pair, port } from "./options.ts";

/** Loads a command's module when the command runs, and takes the exit code from it. */
export type Loader = <Arguments extends unknown[], Options extends CommonOptions>(
  module: () => Promise<CommandModule<Arguments, Options>>,
) => (...given: unknown[]) => Promise<void>;

interface Help {
  readonly usage: string;
  /** For the list of commands, where a line has room for 50 letters. */
  readonly summary: string;
  /** What more there is to say. */
  readonly more?: string;
  /** What exit code 1 means here. */
  readonly failed?: string;
  readonly examples?: readonly string[];
  /** False where stdout is not ours. */
  readonly printsData?: boolean;
  /** True for one that only has others in it. */
  readonly isGroup?: boolean;
  /** Of a part of another command: that one's name, with a blank behind it. */
  readonly path?: string;
  /** False where no configuration matters. */
  readonly needsConfig?: boolean;
}

/** @param parent the command whose part it is; default: the program */
type Define = (help: Help, parent?: Command) => Command;

/** Puts all commands on the program. */
export function addCommands(program: Command, load: Loader): void {
  const group = (heading: string, add: (command: Define, load: Loader) => void): void => {
    program.commandsGroup(heading);
    add((help, parent = program) => define(parent, help), load);
  };
  group("Run:", addGateways);
  group("Look and try:", addQuestions);
  group("Configure:", addEdits);
  group("Share:", addKeys);
}

function define(program: Command, help: Help): Command {
  const {
    usage,
    summary,
    more,
    failed = "failed",
    examples = [],
    printsData = true,
    isGroup = false,
    path = "",
    needsConfig = true,
  } = help;
  const name = path + usage.split(" ", 1)[0];
  const shown = examples.length === 0 ? "" : `\nExamples:\n${examples.map((example) => `  toolyard ${example}\n`).join("")}`;
  const command = program
    .command(usage)
    .summary(summary)
    .description(more === undefined ? `${summary}.` : `${summary}.\n\n${more}`)
    .showHelpAfterError(`(see toolyard ${name} --help)`)
    .addHelpText("after", shown);
  if (isGroup) return command;
  if (needsConfig) addConfigOptions(command);
  command.addHelpText("after", `\nExit codes:\n  0  good\n  1  ${failed}\n  2  wrong usage or configuration`);
  return printsData ? command.option("--json", "print data, and errors, as JSON") : command;
}

function addConfigOptions(command: Command): void {
  command
    .addOption(new Option("--config <file>", "the configuration; default: the user's, then a trusted ./toolyard.json"))
    .addOption(new Option("--input <name=value>", "a value for ${input:name}; repeatable").argParser(pair));
}

function addGateways(command: Define, load: Loader): void {
  const idleExit = (): Option => new Option("--idle-exit <ms>").argParser(milliseconds).hideHelp();
  command({
    usage: "serve",
    summary: "Run the gateway until a signal ends it",
    more: "The configuration is watched. With --json one line is printed when the gateway listens.",
    failed: "it could not listen, or another gateway of this configuration runs",
    examples: ["serve", "serve --port 0 --json"],
  })
    .option("--port <port>", "0 picks a free one", port)
    .option("--host <host>", "the address to listen on; one beyond this machine needs gateway.auth")
    .option("--strict", "refuse to run when the entry of a server is wrong")
    .addOption(idleExit())
    .action(load(() => import("./commands/serve.ts")));
  command({
    usage: "stdio",
    summary: "Bridge a host to the gateway",
    more: "Where no gateway of the configuration runs, one is started in the background; it ends ten minutes after its last client. stdout carries MCP and nothing else.",
    failed: "the gateway did not start, or ended before the host",
    examples: ["stdio", "stdio --toolset support"],
    printsData: false,
  })
    .option("--toolset <name>", "of a toolset only")
    .addOption(
      new Option("--surface <surface>", "show every tool, or those that find the rest; default: as configured").choices(["all", "search"]),
    )
    .option("--own", "no gateway: everything in this process, which ends with the host")
    .addOption(idleExit())
    .action(load(() => import("./commands/stdio.ts")));
}

function timeout(what: string): Option {
  return new Option("--timeout <ms>", what).argParser(milliseconds);
}

function addQuestions(command: Define, load: Loader): void {
  command({ usage: "servers", summary: "Show how each server stands", failed: "a server is down" })
    .addOption(timeout("how long to wait for them"))
    .action(load(() => import("./commands/servers.ts")));
  addTools(command, load);
  command({
    usage: "call <tool> [arguments]",
    summary: "Call a tool",
    more: "The arguments are JSON, @file, or - for what comes on stdin.",
    failed: "the tool or the call failed",
    examples: [`call database__query '{"sql":"select 1"}'`, "call files__write_file @arguments.json"],
  })
    .addOption(timeout("the call's deadline"))
    .action(load(() => import("./commands/call.ts")));
  command({
    usage: "why <name>",
    summary: "Say why a tool can, or cannot, be called",
    more: "The name is a tool's, its id (server/tool), or a server's.",
    failed: "it cannot",
  })
    .addOption(timeout("how long to wait for the servers"))
    .action(load(() => import("./commands/why.ts")));
  command({
    usage: "check",
    summary: "Start everything once and say what is wrong",
    failed: "a server does not come up, or something required is missing",
    examples: ["check", "check --require github/create_issue files/read_file"],
  })
    .option("--require <id...>", "tools that must be there, as server/tool")
    .addOption(timeout("how long to wait for the servers"))
    .action(load(() => import("./commands/check.ts")));
  command({
    usage: "doctor",
    summary: "Look at everything and say what to mend",
    more: "Node, the configuration, files of state, the port, each server, names, and every limit that is in force. It changes nothing. Servers are started, unless a gateway of the configuration runs.",
    failed: "something is to be mended",
    examples: ["doctor", "doctor --json | jq .limits"],
  })
    .addOption(timeout("how long to wait for the servers"))
    .action(load(() => import("./commands/doctor.ts")));
}

function addTools(command: Define, load: Loader): void {
  command({
    usage: "tools",
    summary: "List every tool that can be called",
    examples: ["tools --server github", "tools --tokens", "tools --json | jq -r '.[].name'"],
  })
    .option("--server <name>", "of one server only")
    .option("--toolset <name>", "of a toolset only")
    .option("--tokens", "what each server's tools cost a model's window")
    .addOption(timeout("how long to wait for the servers"))
    .action(load(() => import("./commands/tools.ts")));
  command({
    usage: "search <words...>",
    summary: "Find tools by what they do",
    more: "The best first, as a model finds them that is not shown all tools.",
    failed: "no tool fits",
    examples: ["search open an issue", "search 'send a message' --limit 3 --json"],
  })
    .option("--toolset <name>", "in a toolset only")
    .addOption(new Option("--limit <count>", "so many at the most").argParser(count))
    .addOption(timeout("how long to wait for the servers"))
    .action(load(() => import("./commands/search.ts")));
}

function addEdits(command: Define, load: Loader): void {
  const edit = () => import("./commands/edit.ts");
  command({
    usage: "init",
    summary: "Write a first configuration, with comments",
    more: "It shows the file and asks. What is there already stays as it is.",
    failed: "it was not wanted",
  })
    .option("-y, --yes", "write it without a question")
    .action(load(() => import("./commands/init.ts")));
  command({
    usage: "add <server> [words...]",
    summary: "Add a server: a command after --, or a URL",
    examples: [
      "add files -- npx -y @modelcontextprotocol/server-filesystem /data",
      "add crm https://crm.example/mcp --header 'X-Key=${env:CRM_KEY}'",
    ],
  })
    .option("--header <name=value>", "a header for a URL; repeatable", pair)
    .option("--env <name=value>", "a variable for a command; repeatable", pair)
    .addOption(new Option("--type <type>", "of a URL: the old HTTP+SSE transport").choices(["sse"]))
    .option("--replace", "in the place of a server of that name")
    .action(load(async () => ({ run: (await edit()).add })));
  command({ usage: "remove <server>", summary: "Remove a server" }).action(load(async () => ({ run: (await edit()).remove })));
  command({ usage: "enable <server>", summary: "Enable a server" }).action(load(async () => ({ run: (await edit()).enable })));
  command({ usage: "disable <server>", summary: "Disable a server, and keep its entry" }).action(
    load(async () => ({ run: (await edit()).disable })),
  );
  command({
    usage: "trust [file]",
    summary: "Trust a configuration that came with a folder",
    more: "It may then run its commands. After any change it must be trusted again.",
  }).action(load(() => import("./commands/trust.ts")));
}

function addKeys(command: Define, load: Loader): void {
  const module = () => import("./commands/keys.ts");
  const keys = command({
    usage: "keys",
    summary: "Give others keys to the gateway",
    more: "They are asked for where `gateway.auth.keys` is true, and hold at every gateway of this user. Running ones take note of a change within a second.",
    examples: ["keys create --identity alice --toolset support --expires 90d", "keys list", "keys revoke 0f1e2d3c4b5a"],
    isGroup: true,
  });
  command(
    { usage: "create", summary: "Make a key, and show it once", more: "The key goes to stdout, all else to stderr.", path: "keys " },
    keys,
  )
    .requiredOption("--identity <name>", "whose it is: servers that are not shared have a process for each identity")
    .option("--toolset <name...>", "for this toolset, not for everything; repeatable")
    .option("--server <name...>", "for this server, not for everything; repeatable")
    .addOption(
      new Option("--surface <surface>", "show every tool, or those that find the rest; default: as configured").choices(["all", "search"]),
    )
    .addOption(new Option("--expires <duration>", "how long it is good, such as 90d or 12h; default: for ever").argParser(duration))
    .action(load(async () => ({ run: (await module()).create })));
  command({ usage: "list", summary: "Show whose keys there are, for what, until when", path: "keys ", needsConfig: false }, keys).action(
    load(async () => ({ run: (await module()).list })),
  );
  command(
    { usage: "revoke <id...>", summary: "Make keys invalid", failed: "there is no such key", path: "keys ", needsConfig: false },
    keys,
  ).action(load(async () => ({ run: (await module()).revoke })));
}
