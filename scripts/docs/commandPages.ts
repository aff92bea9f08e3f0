/** docs/commands: a page for each command, as in its --help, and the list of commands. */
import { listingOptions, globalOptions, type Command, type OptionSpec } from "../../src/commands/command.ts";
import { commandGroups } from "../../src/commands/index.ts";
import { variableOf } from "../../src/config/variablesFile.ts";
import { allowed, capital, code, fence, prose, table } from "./markdown.ts";

function indexRow({ name, summary }: Command): string[] {
  return [`[\`mlctl ${name}\`](${name}.md)`, prose(summary)];
}

export function commandIndex(): string[] {
  return [
    "# Commands",
    "`mlctl <command> --help` prints the same text. [Exit codes](../how-it-works.md#exit-codes) are the same for every command.",
    ...Object.entries(commandGroups).flatMap(([group, commands]) => [
      `## ${group}`,
      table(["command", "what it does"], commands.map(indexRow)),
    ]),
    "## Global options",
    "Every command takes them, before or after its name.",
    optionTable(globalOptions),
  ];
}

export function commandPage(command: Command): string[] {
  const children = command.subcommands ?? [];
  const groups: Command[][] = Object.values(commandGroups);
  const near = groups.find((group) => group.includes(command))!.filter((each) => each !== command);
  return [
    `# mlctl ${command.name}`,
    ...commandBlocks(command, "", "##"),
    ...children.flatMap((child) => [
      `## mlctl ${command.name} ${child.name}`,
      ...commandBlocks(child, `${command.name} `, "###"),
    ]),
    "## See also",
    [...near.map(({ name }) => `[\`mlctl ${name}\`](${name}.md)`), "[all commands](README.md)"].join(" · "),
  ];
}

/** As in --help: summary, details, usage, arguments, options, examples. */
function commandBlocks(
  { name, summary, details, examples, ...command }: Command,
  above: string,
  level: string,
): string[] {
  const { subcommands = [], arguments: given = [], options = {}, listing = false } = command;
  const all: Record<string, OptionSpec> = { ...options, ...(listing ? listingOptions : {}) };
  const section = (title: string, block: string) => (block === "" ? [] : [`${level} ${title}`, block]);
  const usage = ["mlctl", `${above}${name}`, "[options]", ...given.map(([argument]) => argument)];
  const link = (child: string) => `[\`mlctl ${name} ${child}\`](#mlctl-${name}-${child})`;
  const children = subcommands.map((child) => [link(child.name), prose(child.summary)]);
  const taken = given.map(([argument, text, { choices } = {}]) => [code(argument), prose(text) + allowed(choices)]);
  return [
    prose(`${capital(summary)}.${details === undefined ? "" : ` ${details}`}`),
    fence([...usage, ...(subcommands.length > 0 ? ["[command]"] : [])].join(" ")),
    ...section("Subcommands", table(["command", "what it does"], children)),
    ...section("Arguments", table(["argument", "description"], taken)),
    ...section("Options", optionTable(all)),
    ...section("Examples", fence(examples.map(([line, meaning]) => `# ${meaning}\n${line}`).join("\n"))),
  ];
}

function optionTable(options: Readonly<Record<string, OptionSpec>>): string {
  const rows = Object.values(options).map(([flags, description, { choices, setting, default: value } = {}]) => [
    code(flags),
    value === undefined ? "" : code(value),
    `${prose(description)}${allowed(choices)}${setting === undefined ? "" : `; overrides ${code(setting)} of config.json and ${code(variableOf(setting))}`}`,
  ]);
  return table(["option", "default", "description"], rows);
}
