/** Hint after a usage error. */
import type { Command } from "../commands/command.ts";

/** `alsoCalled` takes precedence over similar spelling: `config check` means validate, not schema. */
export function usageHint(
  { message, hint }: { readonly message: string; readonly hint: string | undefined },
  argv: readonly string[],
  commands: readonly Command[],
): string {
  const { path, level } = namedCommands(argv, commands);
  const unknown = /^unknown command '(.+)'$/.exec(message)?.[1];
  const alternative = level.find(({ alsoCalled = [] }) => unknown !== undefined && alsoCalled.includes(unknown));
  if (alternative !== undefined) return `did you mean ${alternative.name}?`;
  const { excessHint } = path.at(-1) ?? {};
  if (excessHint !== undefined && message.startsWith("too many arguments")) return excessHint;
  return hint ?? `\`mlctl ${[...path.map(({ name }) => name), "--help"].join(" ")}\` shows the usage`;
}

/** The commands named in argv, such as "schedule" and "now", and the commands that could follow. */
function namedCommands(argv: readonly string[], commands: readonly Command[]) {
  const path: Command[] = [];
  let level = commands;
  for (const word of argv) {
    const found = level.find(({ name }) => name === word);
    if (found === undefined) continue;
    path.push(found);
    level = found.subcommands ?? [];
  }
  return { path, level };
}
