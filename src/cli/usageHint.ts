/** Hints for a wrong command line: what was probably meant. */
import type { Command } from "../commands/command.ts";
import { commands } from "../commands/index.ts";
import { MlctlError } from "../core/errors.ts";
import { suggest } from "../core/text/suggest.ts";
import { longFlag } from "./buildProgram.ts";

/** `alsoCalled` takes precedence over similar spelling: `config check` means validate, not schema. */
export function usageHint(
  { message, hint }: { readonly message: string; readonly hint: string | undefined },
  argv: readonly string[],
): string {
  const { path, level } = namedCommands(argv);
  const unknown = /^unknown command '(.+)'$/.exec(message)?.[1];
  const alternative = level.find(({ alsoCalled = [] }) => unknown !== undefined && alsoCalled.includes(unknown));
  if (alternative !== undefined) return `did you mean ${alternative.name}?`;
  const elsewhere = path.length === 0 && unknown !== undefined ? elsewhereHints[unknown] : undefined;
  if (elsewhere !== undefined) return elsewhere;
  if (path[0]?.name === "init" && message.startsWith("too many arguments"))
    return "`mlctl init DIR --from FILE --target COLUMN` starts from a file";
  const flag = /^unknown option '(--[\w-]+)/.exec(message)?.[1];
  const flagHint = flag === undefined || hint !== undefined ? undefined : otherFlagHint(flag, path);
  if (flagHint !== undefined) return flagHint;
  return hint ?? `\`mlctl ${[...path.map(({ name }) => name), "--help"].join(" ")}\` shows the usage`;
}

/** `mlctl runs lst` would be an argument of the default, `runs list`. */
export function unknownSubcommand(message: string, argv: readonly string[]): MlctlError | undefined {
  const [, word] = /^too many arguments for 'list'\. Expected 0 arguments but got \d+: ([^ ,]+)/.exec(message) ?? [];
  const { path, level } = namedCommands(argv);
  if (word === undefined || path.at(-1)?.name === "list") return undefined;
  const problem = { message: `unknown command '${word}'`, hint: undefined };
  const close = suggest(word, new Set(level.map(({ name }) => name)));
  const hint = close === undefined ? usageHint(problem, argv) : `did you mean ${close}?`;
  return new MlctlError("usage", problem.message, { hint });
}

const elsewhereHints: Readonly<Record<string, string>> = {
  version: "`mlctl --version` prints the version",
  ui: "run `mlctl serve`, then open /ui on its address",
  dashboard: "run `mlctl serve`, then open /ui on its address",
  status: "`mlctl doctor` checks the workspace; `mlctl models list` shows what is deployed",
  import: "`mlctl ingest` reads data; a model file is used as it is: `mlctl predict --model FILE`",
  load: "`mlctl ingest` reads data; a model file is used as it is: `mlctl predict --model FILE`",
  export: "`mlctl models export` writes a model in another format",
  rollback: "`mlctl deploy --rollback` returns to the model before",
  evaluate: "`mlctl score` evaluates a model on the test set",
};

function otherFlagHint(flag: string, path: readonly Command[]): string | undefined {
  const owners = commands
    .flatMap(({ name, options, subcommands = [] }) => [
      { name, options },
      ...subcommands.map((each) => ({ name: `${name} ${each.name}`, options: each.options })),
    ])
    .flatMap(({ name, options = {} }) =>
      Object.values(options).map((option) => ({ flag: longFlag(option), command: name })),
    );
  const close = suggest(flag, new Set(owners.map((each) => each.flag)));
  if (close === undefined || path.length === 0) return undefined;
  const names = [...new Set(owners.filter((each) => each.flag === close).map(({ command }) => command))];
  const own = path.map(({ name }) => name).join(" ");
  const start = close === flag ? `${flag} is` : `did you mean ${close}? It is`;
  const { arguments: taken = [] } = path.at(-1)!;
  const argument = close === "--model" ? taken.find(([name]) => /\bref\b/.test(name)) : undefined;
  const instead = argument === undefined ? "" : `, which takes it without a flag: mlctl ${own} ${argument[0]}`;
  return `${start} a flag of ${names.slice(0, 4).join(", ")}${names.length > 4 ? ", …" : ""}, not of ${own}${instead}`;
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

/** `help nosuch` is an error, not the help of everything. */
export function requireHelpTopic([first, topic]: readonly string[]): void {
  if (first !== "help" || topic === undefined || topic.startsWith("-")) return;
  if (commands.some(({ name }) => name === topic)) return;
  const message = `unknown command '${topic}'`;
  const names = new Set(commands.map(({ name }) => name));
  const close = suggest(topic, names);
  const hint = close && `did you mean ${close}?`;
  throw new MlctlError("usage", message, { hint: usageHint({ message, hint }, []) });
}
