/** Hints for a wrong command line: what was probably meant. */
import type { Command } from "../commands/command.ts";
import { commands } from "../commands/index.ts";
import { MlctlError } from "../core/errors.ts";
import { suggest } from "../core/text/suggest.ts";

/** `alsoCalled` takes precedence over similar spelling: `config check` means validate, not schema. */
export function usageHint(
  { message, hint }: { readonly message: string; readonly hint: string | undefined },
  argv: readonly string[],
): string {
  const { path, level } = namedCommands(argv);
  const unknown = /^unknown command '(.+)'$/.exec(message)?.[1];
  const alternative = level.find(({ alsoCalled = [] }) => unknown !== undefined && alsoCalled.includes(unknown));
  if (alternative !== undefined) return `did you mean ${alternative.name}?`;
  return hint ?? `\`mlctl ${[...path.map(({ name }) => name), "--help"].join(" ")}\` shows the usage`;
}

/** `mlctl runs lst` would be an argument of the default, `runs list`. */
export function unknownSubcommand(message: string, argv: readonly string[]): MlctlError | undefined {
  const [, word] = /^too many arguments for 'list'\. Expected 0 arguments but got \d+: ([^ ,]+)/.exec(message) ?? [];
  const { path, level } = namedCommands(argv);
  if (word === undefined || path.at(-1)?.name === "list") return undefined;
  return unknownCommand(word, level, argv);
}

/** `help nosuch` is an error, not the help of everything. */
export function requireHelpTopic([first, topic]: readonly string[]): void {
  if (first !== "help" || topic === undefined || topic.startsWith("-")) return;
  if (!commands.some(({ name }) => name === topic)) throw unknownCommand(topic, commands, []);
}

function unknownCommand(word: string, level: readonly Command[], argv: readonly string[]): MlctlError {
  const message = `unknown command '${word}'`;
  const close = suggest(word, new Set(level.map(({ name }) => name)));
  const hint = usageHint({ message, hint: close && `did you mean ${close}?` }, argv);
  return new MlctlError("usage", message, { hint });
}

/** The commands named in argv, such as "schedule" and "now", and the commands that could follow. */
function namedCommands(argv: readonly string[]) {
  const path: Command[] = [];
  let level: readonly Command[] = commands;
  for (const word of argv) {
    const found = level.find(({ name }) => name === word);
    if (found === undefined) continue;
    path.push(found);
    level = found.subcommands ?? [];
  }
  return { path, level };
}
