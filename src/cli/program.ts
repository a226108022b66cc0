/** All commands, their options and their help. */

import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { VERSION } from "../base/version.ts";
import { EXIT, report } from "./exit.ts";
import { Output } from "./output.ts";

/** Options that every command has. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly input?: Readonly<Record<string, string>>;
}

/** What a command module exports: does the work and says how it went, as an exit code. */
export interface CommandModule<Arguments extends unknown[], Options> {
  run(output: Output, options: Options, ...args: Arguments): Promise<number>;
}

/** Runs the command line. Never throws; returns the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  const exit: { code: number } = { code: EXIT.good };
  const program = build((code) => {
    exit.code = code;
  });
  try {
    await program.parseAsync([...argv]);
    return exit.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.usage;
    return report(error, new Output(argv.includes("--json")));
  }
}

function build(finish: (code: number) => void): Command {
  const program = new Command("toolyard");
  program
    .description("Many MCP servers, one dependable set of tools.")
    .version(VERSION, "-V, --version")
    .exitOverride()
    .showHelpAfterError("(see toolyard --help)")
    .addHelpText(
      "after",
      "\nExit codes: 0 good, 1 failed, 2 wrong usage or configuration.\nStart here: toolyard init, then toolyard check, then toolyard serve.",
    );

  const command = (usage: string, summary: string): Command =>
    program
      .command(usage)
      .description(summary)
      .addOption(new Option("--config <file>", "the configuration (default: the user's, then ./toolyard.json if trusted)"))
      .addOption(new Option("--input <name=value>", "a value for ${input:name}; repeatable").argParser(pair))
      .option("--json", "print data as JSON");

  /** Loads the module when the command runs, and turns what it returns into the exit code. */
  const load =
    <Arguments extends unknown[], Options extends CommonOptions>(module: () => Promise<CommandModule<Arguments, Options>>) =>
    async (...given: unknown[]): Promise<void> => {
      const options = given.at(-2) as Options;
      const args = given.slice(0, -2) as Arguments;
      const output = new Output(options.json === true);
      try {
        finish(await (await module()).run(output, options, ...args));
      } catch (error) {
        finish(report(error, output));
      }
    };

  command("serve", "run the gateway")
    .option("--port <port>", "0 picks a free one", wholeNumber)
    .option("--host <host>", "loopback addresses only")
    .option("--strict", "a configuration error in one server is exit code 2")
    .action(load(() => import("./commands/serve.ts")));
  command("servers", "how each server stands; exit 1 when one is down")
    .option("--timeout <ms>", "how long to wait for them", milliseconds)
    .action(load(() => import("./commands/servers.ts")));
  command("tools", "every tool that can be called")
    .option("--server <name>", "of one server only")
    .option("--toolset <name>", "of a toolset only")
    .option("--timeout <ms>", "how long to wait for the servers", milliseconds)
    .action(load(() => import("./commands/tools.ts")));
  command("call <name> [json]", "call a tool; arguments as JSON, @file or - for stdin; exit 1 when the tool fails")
    .option("--timeout <ms>", "the call's deadline", milliseconds)
    .action(load(() => import("./commands/call.ts")));
  command("why <name>", "why a tool can, or cannot, be called; exit 1 when it cannot").action(load(() => import("./commands/why.ts")));
  command("check", "start everything once and say what is wrong; exit 1 for a server, 2 for the configuration")
    .option("--require <id...>", "tools that must be there, as server/tool")
    .option("--timeout <ms>", "how long to wait for the servers", milliseconds)
    .action(load(() => import("./commands/check.ts")));
  editing(command, load);
  command("trust [file]", "trust a configuration that came with a folder, as it is now").action(load(() => import("./commands/trust.ts")));
  return program;
}

type Loader = <Arguments extends unknown[], Options extends CommonOptions>(
  module: () => Promise<CommandModule<Arguments, Options>>,
) => (...given: unknown[]) => Promise<void>;

function editing(command: (usage: string, summary: string) => Command, load: Loader): void {
  const edit = () => import("./commands/edit.ts");
  command("add <name> [words...]", "add a server: add NAME -- COMMAND ARG…, or add NAME URL")
    .option("--header <name=value>", "a header for a URL; repeatable", pair)
    .option("--env <name=value>", "a variable for a command; repeatable", pair)
    .option("--type <type>", "sse for the old HTTP+SSE transport")
    .option("--replace", "in the place of a server of that name")
    .action(load(async () => ({ run: (await edit()).add })));
  command("remove <name>", "remove a server").action(load(async () => ({ run: (await edit()).remove })));
  command("enable <name>", "enable a server").action(load(async () => ({ run: (await edit()).enable })));
  command("disable <name>", "disable a server, and keep its entry").action(load(async () => ({ run: (await edit()).disable })));
}

function pair(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be name=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function milliseconds(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a number of milliseconds.");
  return Number(text);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError("It must be a port: 0 to 65535.");
  return Number(text);
}
