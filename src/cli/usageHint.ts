/** The next step after words that no command takes. */
import type { Command } from "../commands/command.ts";

/** What commands say of themselves goes before the likeness of letters: `config check` means validate, not schema. */
export function usageHint(
  { message, hint }: { readonly message: string; readonly hint: string | undefined },
  argv: readonly string[],
  commands: readonly Command[],
): string {
  const { path, level } = namedCommands(argv, commands);
  const unknown = /^unknown command '(.+)'$/.exec(message)?.[1];
  const meant = level.find(({ alsoCalled = [] }) => unknown !== undefined && alsoCalled.includes(unknown));
  if (meant !== undefined) return `did you mean ${meant.name}?`;
  const { excessHint } = path.at(-1) ?? {};
  if (excessHint !== undefined && message.startsWith("too many arguments")) return excessHint;
  return hint ?? `\`mlctl ${[...path.map(({ name }) => name), "--help"].join(" ")}\` shows what is allowed`;
}

/** "schedule", "now" of `mlctl -q schedule now --nope`, and the commands that could follow. */
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
