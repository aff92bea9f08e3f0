/** `mlctl completion`: completion scripts for bash, zsh and fish, generated from the command definitions. */
import { defineCommand, type Command, type Options, type OptionSpec } from "./command.ts";
import { globalOptions, listingOptions } from "./globalOptions.ts";

const shells = ["bash", "zsh", "fish"] as const;

export const completion = defineCommand({
  name: "completion",
  group: "Other",
  summary: "print a completion script for your shell",
  arguments: [{ name: "<shell>", description: "shell to complete in", choices: shells }],
  examples: [
    ["source <(mlctl completion bash)", "for this session; add it to ~/.bashrc for all sessions"],
    ["mlctl completion zsh > ~/.zfunc/_mlctl", "if ~/.zfunc is in fpath"],
    ["mlctl completion fish > ~/.config/fish/completions/mlctl.fish", "for all sessions"],
  ],
  async run({ args, commands }) {
    const shell = args[0] as (typeof shells)[number];
    const entries = commands.flatMap((command) => entriesOf(command, []));
    const top = commands.map(({ name, summary }) => ({ text: name, meaning: summary }));
    return { text: scripts[shell]([{ path: "", words: [...top, ...wordsOf({})], values: [] }, ...entries]) };
  },
}) satisfies Command;

interface Word {
  readonly text: string;
  readonly meaning: string;
}

/** What can follow "mlctl <path>". */
interface Entry {
  /** "train", "config show". */
  readonly path: string;
  readonly words: readonly Word[];
  /** Choices after a flag. */
  readonly values: readonly { readonly flag: string; readonly choices: readonly string[] }[];
}

function entriesOf(command: Command, above: readonly string[]): Entry[] {
  const path = [...above, command.name];
  const options: Options = { ...command.options, ...(command.listing === true ? listingOptions : {}) };
  const own = (command.subcommands ?? []).map(({ name, summary }) => ({ text: name, meaning: summary }));
  const choices = (command.arguments ?? []).flatMap((argument) => argument.choices ?? []);
  const words = [...own, ...choices.map((text) => ({ text, meaning: "" })), ...wordsOf(options)];
  const values = Object.values(options).flatMap((option) =>
    option.choices === undefined ? [] : flagsOf(option).map((flag) => ({ flag, choices: option.choices ?? [] })),
  );
  const below = (command.subcommands ?? []).flatMap((child) => entriesOf(child, path));
  return [{ path: path.join(" "), words, values }, ...below];
}

function wordsOf(options: Options): Word[] {
  const help: OptionSpec = { flags: "-h, --help", description: "print help" };
  return [...Object.values(options), ...Object.values(globalOptions), help].map((option) => ({
    text: flagsOf(option).at(-1)!,
    meaning: option.description,
  }));
}

/** "-o, --output <file>" → -o, --output */
function flagsOf({ flags }: Pick<OptionSpec, "flags">): string[] {
  return flags.match(/-{1,2}[a-zA-Z][\w-]*/g) ?? [];
}

const scripts: Readonly<Record<(typeof shells)[number], (entries: readonly Entry[]) => string>> = {
  bash: bashScript,
  zsh: (entries) => `#compdef mlctl\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(entries)}`,
  fish: fishScript,
};

/** The words before the cursor that name commands form the path; files are completed where no word matches. */
function bashScript(entries: readonly Entry[]): string {
  const paths = entries.map(
    ({ path, words }) => `    "${path}") words="${words.map(({ text }) => text).join(" ")}" ;;`,
  );
  const values = entries.flatMap((entry) =>
    entry.values.map(({ flag, choices }) => `    "${entry.path} ${flag}") words="${choices.join(" ")}" ;;`),
  );
  return `# mlctl completion for bash
_mlctl() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " ${entries
      .map(({ path }) => path.replaceAll(" ", "/"))
      .filter(Boolean)
      .join(" ")} " in
      *" \${path:+$path/}$word "*) path="\${path:+$path/}$word" ;;
    esac
  done
  path="\${path//\\// }"
  case "$path" in
${paths.join("\n")}
  esac
  case "$path $previous" in
${values.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _mlctl mlctl
`;
}

function fishScript(entries: readonly Entry[]): string {
  const tops = entries.map(({ path }) => path).filter((path) => path !== "" && !path.includes(" "));
  const lines = entries.flatMap(({ path, words, values }) => {
    const condition =
      path === ""
        ? `not __fish_seen_subcommand_from ${tops.join(" ")}`
        : path
            .split(" ")
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join("; and ");
    return words.map(({ text, meaning }) => {
      const choices = values.find(({ flag }) => flag === text)?.choices;
      const what = text.startsWith("--") ? `-l ${text.slice(2)}` : `-f -a ${text}`;
      const follow = choices === undefined ? "" : ` -x -a ${quoted(choices.join(" "))}`;
      return `complete -c mlctl -n ${quoted(condition)} ${what}${follow} -d ${quoted(meaning)}`;
    });
  });
  return `# mlctl completion for fish\n${lines.join("\n")}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
