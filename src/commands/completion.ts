/** `mlctl completion`: scripts for bash, zsh and fish. They ask mlctl itself for the words that may follow. */
import { MlctlError, recover } from "../core/errors.ts";
import { defineCommand, globalOptions, listingOptions, monitorAreas } from "./command.ts";
import type { Command, Invocation, OptionSpec } from "./command.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";

const shells = ["bash", "zsh", "fish"] as const;

export const completion = defineCommand({
  name: "completion",
  summary: "print a completion script for your shell",
  details: "The script calls `mlctl completion words`, which prints the words that may follow a command line.",
  arguments: [
    ["<shell>", "shell to complete in", { choices: [...shells, "words"] }],
    ["[line...]", "words: the command line after --, without mlctl; the last word is the one to complete"],
  ],
  examples: [
    ["source <(mlctl completion bash)", "for this session; add it to ~/.bashrc for all sessions"],
    ["mlctl completion zsh > ~/.zfunc/_mlctl", "if ~/.zfunc is in fpath"],
    ["mlctl completion fish > ~/.config/fish/completions/mlctl.fish", "for all sessions"],
    ["mlctl completion words -- train --metric ''", "what may follow --metric"],
  ],
  async run(invocation) {
    const [shell, ...line] = invocation.args;
    if (shell !== "words") {
      if (line.length > 0)
        throw new MlctlError("usage", `too many arguments: ${line.join(" ")}`, {
          hint: "`mlctl completion --help` shows the usage",
        });
      return { text: scripts[shell as (typeof shells)[number]] };
    }
    const fitting = (await wordsAfter(line, invocation)).filter(([word]) => word.startsWith(line.at(-1) ?? ""));
    return { text: fitting.map(([word, meaning]) => `${word}\t${meaning}\n`).join("") };
  },
}) satisfies Command;

/** Files are completed where no word fits. */
const bash = `_mlctl() {
  local words="$(mlctl completion words -- "\${COMP_WORDS[@]:1:$COMP_CWORD}" 2> /dev/null | cut -f1)"
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")); fi
}
complete -o filenames -F _mlctl mlctl
`;

const scripts = {
  bash: `# mlctl completion for bash\n${bash}`,
  zsh: `#compdef mlctl\nautoload -U +X bashcompinit && bashcompinit\n${bash}`,
  fish: `# mlctl completion for fish
function _mlctl_words
  set -l line (commandline -opc) (commandline -ct)
  set -l words (mlctl completion words -- $line[2..] 2> /dev/null)
  if set -q words[1]
    string join \\n -- $words
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c mlctl -f -a '(_mlctl_words)'
`,
} as const;

type Word = readonly [word: string, meaning: string];

/** What the last word may be: a value of the flag before it, else a subcommand, an argument or a flag of the command. */
async function wordsAfter(line: readonly string[], invocation: Invocation): Promise<Word[]> {
  const { commands } = invocation;
  const [before, isFlag] = [line.slice(0, -1), line.at(-1)?.startsWith("-")];
  let command: Pick<Command, "arguments" | "options" | "subcommands" | "listing"> = { subcommands: commands };
  for (const word of before) command = command.subcommands?.find(({ name }) => name === word) ?? command;
  const { subcommands = [], arguments: taken = [], options, listing } = command;
  const flags = Object.values({ ...options, ...(listing === true && listingOptions), ...globalOptions });
  const last = flags.find((option) => option[0].includes("<") && namesOf(option).includes(before.at(-1) ?? ""));
  if (last !== undefined) return valuesOf(last, invocation);
  const values = isFlag ? [] : await Promise.all(taken.map((argument) => valuesOf(argument, invocation)));
  const help: OptionSpec = ["-h, --help", "print help"];
  return [
    ...subcommands.map(({ name, summary }): Word => [name, summary]),
    ...values.flat(),
    ...[...flags, help].map((option): Word => [namesOf(option).at(-1)!, option[1]]),
  ];
}

function plain(words: readonly string[]): Word[] {
  return words.map((word) => [word, ""]);
}

function namesOf([flags]: OptionSpec): string[] {
  return flags.match(/-{1,2}[a-zA-Z][\w-]*/g) ?? [];
}

/** Of a flag or an argument: its choices, those of the key of config.json that it sets, areas, or runs and versions. */
async function valuesOf([name, description, details]: OptionSpec, invocation: Invocation): Promise<Word[]> {
  const { choices, setting } = details ?? {};
  if (choices !== undefined) return plain(choices);
  if (name.startsWith("--fail-on ")) return plain(monitorAreas);
  if (description.includes("run id")) return runsOf(invocation).catch(recover(() => []));
  if (setting === undefined) return [];
  const { knownNames } = await import("../lifecycle/knownNames.ts");
  const { configJsonSchema, schemaNodesAt } = await import("../config/schema/configJsonSchema.ts");
  const nodes = schemaNodesAt(configJsonSchema(knownNames()), setting.split("."));
  return plain(nodes.flatMap((node) => node.enum ?? []).filter((word) => typeof word === "string"));
}

const MOST_RUNS = 50;

async function runsOf(invocation: Invocation): Promise<Word[]> {
  const { listModels } = await import("../lifecycle/registry/models.ts");
  return inWorkspace(invocation, "read", (session) => [
    ...session.store.runs({ limit: MOST_RUNS }).map(({ runId, family }): Word => [runId, family]),
    ...listModels(session).map(({ version, family }): Word => [`v${version}`, family]),
    ["@champion", "the deployed model"],
    ["latest", "the newest model"],
  ]);
}
