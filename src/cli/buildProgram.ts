/** Builds the commander program from the definitions in commands/. The only file that imports commander. */
import { Argument, Command as CommanderCommand, CommanderError, Help, Option } from "commander";
import {
  globalOptions,
  listingOptions,
  type Command,
  type OptionDetails,
  type OptionSpec,
} from "../commands/command.ts";
import { variableOf } from "../config/variablesFile.ts";
import { MlctlError } from "../core/errors.ts";
import { parseDuration, present } from "../core/text/format.ts";
import { suggest } from "../core/text/suggest.ts";
import type { Colours } from "./textWidth.ts";

export interface Call {
  readonly command: Command;
  readonly args: readonly string[];
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

interface ProgramOptions {
  /** The command line. Of the commands that it does not name, only what the list of commands needs is built. */
  readonly words: readonly string[];
  readonly commands: Readonly<Record<string, readonly Command[]>>;
  readonly version: string;
  readonly width: () => number;
  readonly colours: Colours;
  readonly run: (call: Call) => Promise<void>;
  readonly write: (text: string) => void;
}

const description = "Train, deploy and monitor tabular machine-learning models, from raw files to predictions.";

const programExamples: Command["examples"] = [
  ["mlctl init demo && cd demo", "create a workspace with sample data"],
  ["mlctl fullprocess", "ingest, train, score, deploy, report"],
  ["mlctl train --help", "flags and examples of one command"],
];

export function buildProgram(options: ProgramOptions): CommanderCommand {
  const program = new CommanderCommand("mlctl").usage("<command> [options]").description(description);
  configure(program, options, programExamples);
  program.helpCommand("help [command]", "print help");
  program.version(options.version, "-V, --version", "print the version");
  for (const [key, spec] of Object.entries(globalOptions)) program.addOption(commanderOption(key, spec));
  for (const [group, commands] of Object.entries(options.commands)) {
    for (const command of commands) {
      const isNamed = options.words.includes(command.name);
      const bare = new CommanderCommand(command.name).summary(command.summary);
      program.addCommand((isNamed ? subcommand(command, options) : bare).helpGroup(`${group}:`));
    }
  }
  return program;
}

/** Undefined for help, version and errors that are not commander's. */
export function usageProblem(error: unknown): { message: string; hint: string | undefined } | undefined {
  if (!(error instanceof CommanderError) || error.exitCode === 0) return undefined;
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(rest.join(" "))?.[1];
  return { message: first.replace(/\.$/, ""), hint: suggestion && `did you mean ${suggestion}?` };
}

/** Commander also throws for help and version (exit code 0), and for the help that "mlctl config" alone prints (1). */
export function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && (error.exitCode === 0 || error.code === "commander.help");
}

export function flagSettings({ command, options }: Call): { key: string; flag: string; value: string | number }[] {
  return Object.entries(command.options ?? {}).flatMap(([key, spec]) => {
    const value = options[key];
    const setting = spec[2]?.setting;
    if (setting === undefined || (typeof value !== "string" && typeof value !== "number")) return [];
    return [{ key: setting, flag: longFlag(spec), value }];
  });
}

function subcommand(command: Command, options: ProgramOptions): CommanderCommand {
  const { name, summary } = command;
  const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  const built = new CommanderCommand(name)
    .description(present([sentence, command.details]).join("\n"))
    .summary(summary);
  configure(built, options, command.examples);
  for (const [spec, text, { choices } = {}] of command.arguments ?? []) {
    const argument = new Argument(spec, describe(text, { choices }));
    if (choices !== undefined) argument.argParser((given) => choiceOf(given, choices, argument.name()));
    built.addArgument(argument);
  }
  const specs = { ...command.options, ...(command.listing === true ? listingOptions : {}) };
  for (const [key, spec] of Object.entries(specs)) built.addOption(commanderOption(key, spec));
  // `mlctl runs` is `mlctl runs list`.
  for (const child of command.subcommands ?? []) {
    built.addCommand(subcommand(child, options), { isDefault: child.name === "list" });
  }
  if (command.run !== undefined) {
    built.action(async () =>
      options.run({ command, name: nameOf(built), args: built.args, options: built.optsWithGlobals() }),
    );
  }
  return built;
}

function nameOf(command: CommanderCommand): string {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : `${nameOf(parent)} ${command.name()}`;
}

/** Added commands inherit no settings from commander's program, so each one is configured. */
function configure(command: CommanderCommand, options: ProgramOptions, examples: Command["examples"]): void {
  const { width, write, colours } = options;
  command
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: write, outputError: () => {}, getOutHelpWidth: width, getOutHasColors: () => true })
    .configureHelp({
      showGlobalOptions: true,
      minWidthToWrap: 20,
      styleTitle: (title) => colours.bold(title),
      optionDescription: (option) => option.description,
      argumentDescription: (argument) => argument.description,
      subcommandTerm: (child) => child.name(),
      formatHelp: (shown, helper) => {
        const sections = Help.prototype.formatHelp.call(helper, shown, helper).trimEnd().split("\n\n");
        // Of mlctl itself, people look for a command.
        const isLast = (section: string): boolean => shown.parent === null && /^\S*Options:/.test(section);
        return `${sections.toSorted((a, b) => Number(isLast(a)) - Number(isLast(b))).join("\n\n")}\n`;
      },
    })
    .addHelpText("after", () => exampleText(examples, width(), colours));
}

/** The meaning is a shell comment, so that a pasted line runs; it goes on the line before if both do not fit on one. */
function exampleText(examples: Command["examples"], width: number, colours: Colours): string {
  const widest = Math.max(...examples.map(([line]) => line.length));
  const fits = examples.every(([, meaning]) => widest + meaning.length + 6 <= width);
  const lines = examples.flatMap(([line, meaning]) => {
    const comment = colours.dim(`# ${meaning}`);
    return fits ? [`  ${line.padEnd(widest)}  ${comment}`] : [`  ${comment}`, `  ${line}`];
  });
  return ["", colours.bold("Examples:"), ...lines].join("\n");
}

function commanderOption(key: string, spec: OptionSpec): Option {
  const [flags, meaning, details = {}] = spec;
  const option = new Option(flags, describe(meaning, details));
  // The value is stored under the key of the definition, which may differ from the flag.
  option.attributeName = () => key;
  if (details.default !== undefined) option.defaultValue = details.default;
  // A boolean flag that was not given is false, as OptionValue declares; commander would leave it undefined.
  else if (option.isBoolean() && !option.negate) option.defaultValue = false;
  // In a list, "<value...>" takes all following words, and "<value>" one word each time it is given.
  if (details.type === "list" && !option.variadic)
    option.argParser<string[]>((text, previous) => [...(previous ?? []), text]);
  if (details.type !== "list" && (option.required || option.optional))
    option.argParser((text) => optionValue(text, spec));
  return option;
}

function describe(text: string, { choices, default: value, setting }: OptionDetails): string {
  const remarks = present([
    choices?.join(" | "),
    value !== undefined && `default: ${value}`,
    setting && `${setting} in config.json, ${variableOf(setting)}`,
  ]);
  if (remarks.length === 0) return text;
  const [, body = text, own] = /^(.+) \(([^()]+)\)$/.exec(text) ?? [];
  return `${body} (${present([...remarks, own]).join("; ")})`;
}

export function longFlag([flags]: OptionSpec): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

export function optionValue(text: string, option: OptionSpec): string | number {
  const [, , { choices, type } = {}] = option;
  if (choices !== undefined) return choiceOf(text, choices, longFlag(option));
  const wrong = (allowed: string) =>
    new MlctlError("usage", `${longFlag(option)}: found "${text}", allowed ${allowed}`);
  if (type === "duration") {
    const duration = parseDuration(text);
    if (duration !== undefined) return duration.milliseconds;
    throw wrong("a duration such as 30s, 10m or 2h");
  }
  if (type !== "number" && type !== "integer") return text;
  const value = text.trim() === "" ? NaN : Number(text);
  if (type === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value)) return value;
  throw wrong(type === "integer" ? "a whole number" : "a number");
}

function choiceOf(text: string, choices: readonly string[], name: string): string {
  if (choices.includes(text)) return text;
  const close = suggest(text, choices);
  const hint = close && `did you mean ${close}?`;
  throw new MlctlError("usage", `${name}: found "${text}", allowed ${choices.join(", ")}`, { hint });
}
