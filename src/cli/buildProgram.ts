/** Turns the definitions of commands/ into commander's program: the only file that knows commander. */
import { Argument, Command as CommanderCommand, CommanderError, Option } from "commander";
import { globalOptions } from "../commands/globalOptions.ts";
import { groups, type Command, type OptionSpec } from "../commands/command.ts";
import { variableOf } from "../config/variableOf.ts";
import { longFlag, optionValue } from "./optionValue.ts";

/** What was typed, before it is an invocation. */
export interface Call {
  readonly command: Command;
  readonly args: readonly string[];
  /** By the key each option has in its command; global ones by theirs. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface ProgramOptions {
  readonly commands: readonly Command[];
  readonly version: string;
  readonly width: () => number;
  readonly run: (call: Call) => Promise<void>;
  readonly write: (text: string) => void;
}

const listingOptions = {
  csv: { flags: "--csv", description: "print the list as CSV" },
  md: { flags: "--md", description: "print the list as a Markdown table" },
} as const satisfies Record<string, OptionSpec>;

export function buildProgram(options: ProgramOptions): CommanderCommand {
  const program = new CommanderCommand("mlctl");
  program
    .description("The life of a tabular machine-learning model, from raw files to a deployed and watched model.")
    .usage("<command> [options]")
    .version(options.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false);
  configure(program, options);
  for (const [key, spec] of Object.entries(globalOptions)) program.addOption(commanderOption(key, spec));
  for (const group of groups) {
    for (const command of options.commands.filter((each) => each.group === group)) {
      program.addCommand(subcommand(command, options).helpGroup(`${group}:`));
    }
  }
  const examples = [
    ["mlctl init --template attrition", "a workspace with sample data"],
    ["mlctl fullprocess", "ingest, train, score, deploy, report"],
    ["mlctl <command> --help", "flags and examples of a command"],
  ] as const;
  return program.addHelpText("after", examplesText(examples));
}

/** What commander says when arguments are wrong, as one sentence and a hint; undefined for help and version. */
export function usageProblem(error: unknown): { message: string; hint: string | undefined } | undefined {
  if (!(error instanceof CommanderError) || error.exitCode === 0) return undefined;
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const meant = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(rest.join(" "))?.[1];
  return { message: first.replace(/\.$/, ""), hint: meant === undefined ? undefined : `did you mean ${meant}?` };
}

/** Help and version are thrown too, with exit code 0. */
export function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && (error.exitCode === 0 || error.code === "commander.help");
}

function subcommand(command: Command, options: ProgramOptions): CommanderCommand {
  const built = new CommanderCommand(command.name).description(sentence(command)).summary(command.summary);
  configure(built, options);
  for (const spec of command.arguments ?? []) {
    const argument = new Argument(spec.name, spec.description);
    built.addArgument(spec.choices === undefined ? argument : argument.choices(spec.choices));
  }
  const specs = { ...command.options, ...(command.listing === true ? listingOptions : {}) };
  for (const [key, spec] of Object.entries(specs)) built.addOption(commanderOption(key, spec));
  for (const child of command.subcommands ?? []) built.addCommand(subcommand(child, options));
  built.addHelpText("after", examplesText(command.examples));
  if (command.run !== undefined) {
    built.action(async () => options.run({ command, args: built.args, options: built.optsWithGlobals() }));
  }
  return built;
}

/** Shared by the program and each command: commander copies nothing to commands that are added. */
function configure(command: CommanderCommand, { width, write }: ProgramOptions): void {
  command
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: write, outputError: () => {}, getOutHelpWidth: width, getErrHelpWidth: width })
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (child) => child.name() });
}

function commanderOption(key: string, spec: OptionSpec): Option {
  const option = new Option(spec.flags, describe(spec));
  // The value lands under the key of the definition, whatever its flag is called.
  option.attributeName = () => key;
  if (spec.type === "list") return option;
  if (spec.default !== undefined) option.defaultValue = spec.default;
  if (option.required || option.optional) option.argParser((text) => optionValue(text, spec));
  return option;
}

function describe({ description, choices, default: value, setting }: OptionSpec): string {
  const remarks = [
    ...(choices === undefined ? [] : [choices.join(", ")]),
    ...(value === undefined ? [] : [`default: ${value}`]),
    ...(setting === undefined ? [] : [`${setting} in config.json; ${variableOf(setting)}`]),
  ];
  return remarks.length === 0 ? description : `${description} (${remarks.join("; ")})`;
}

function sentence({ summary, details }: Command): string {
  const first = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  return details === undefined ? first : `${first}\n${details}`;
}

function examplesText(examples: Command["examples"]): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, meaning]) => `  ${line.padEnd(width)}  # ${meaning}`);
  return `\nExamples:\n${lines.join("\n")}`;
}

/** Flags that were typed and stand for keys of config.json. */
export function flagSettings({ command, options }: Call): { key: string; flag: string; value: string | number }[] {
  return Object.entries(command.options ?? {}).flatMap(([key, spec]) => {
    const value = options[key];
    if (spec.setting === undefined || (typeof value !== "string" && typeof value !== "number")) return [];
    return [{ key: spec.setting, flag: longFlag(spec), value }];
  });
}
