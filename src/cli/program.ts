/** From the words of a command line to an exit code. */

import { Command, CommanderError, type Argument } from "commander";
import { VERSION } from "../base/version.ts";
import type { CommandModule, CommonOptions } from "./command.ts";
import { addCommands } from "./commands.ts";
import { EXIT, report } from "./exit.ts";
import { heedReaders, heedSignals } from "./signals.ts";
import { Output } from "./terminal/output.ts";

/** Runs the command line and returns the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  heedSignals();
  heedReaders();
  const exit: { code: number } = { code: EXIT.good };
  const program = createProgram();
  addCommands(program, (module) => async (...given) => {
    exit.code = await runCommand(module, given);
  });
  try {
    await program.parseAsync([...argv]);
    return exit.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.good : EXIT.usage;
  }
}

/** @param given what commander gives an action: the arguments, the options, the command */
async function runCommand<Arguments extends unknown[], Options extends CommonOptions>(
  module: () => Promise<CommandModule<Arguments, Options>>,
  given: readonly unknown[],
): Promise<number> {
  const options = given.at(-2) as Options;
  const args = given.slice(0, -2) as Arguments;
  const output = new Output(options.json === true);
  try {
    const command = await module();
    return await command.run(output, options, ...args);
  } catch (error) {
    return report(error, output);
  }
}

function createProgram(): Command {
  return new Command("toolyard")
    .description("Many MCP servers, one dependable set of tools.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "Print the help of a command")
    .usage("<command> [options]")
    .configureHelp({ subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(" ") })
    .exitOverride()
    .showHelpAfterError("(see toolyard --help)")
    .addHelpText("after", "\nStart here: toolyard init, then toolyard check, then toolyard serve.");
}

function argumentTerm(argument: Argument): string {
  const term = argument.name() + (argument.variadic ? "…" : "");
  return argument.required ? `<${term}>` : `[${term}]`;
}
