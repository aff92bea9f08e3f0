/** `mlctl completion`: completion scripts for bash, zsh and fish, generated from the command definitions. */
import {
  defineCommand,
  monitorAreas,
  globalOptions,
  listingOptions,
  type Command,
  type Options,
  type OptionSpec,
} from "./command.ts";

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
    const choicesOf = await choicesOfFlags();
    const entries = commands.flatMap((command) => entriesOf(command, [], choicesOf));
    const top = commands.map(({ name, summary }) => ({ text: name, meaning: summary }));
    return {
      text: scripts[shell]([
        { path: "", words: [...top, ...wordsOf({})], values: [], takesRun: false, runFlags: [] },
        ...entries,
      ]),
    };
  },
}) satisfies Command;

interface Word {
  readonly text: string;
  readonly meaning: string;
}

type ChoicesOf = (option: OptionSpec) => readonly string[] | undefined;

/** From the flag itself, from the key of config.json that it sets, or from the list that it takes. */
async function choicesOfFlags(): Promise<ChoicesOf> {
  const { knownNames } = await import("../lifecycle/knownNames.ts");
  const { configJsonSchema, schemaNodesAt } = await import("../config/schema/configJsonSchema.ts");
  const schema = configJsonSchema(knownNames());
  return ({ flags, choices, setting }) => {
    if (choices !== undefined) return choices;
    if (flags.startsWith("--fail-on ")) return monitorAreas;
    const nodes = setting === undefined ? [] : schemaNodesAt(schema, setting.split("."));
    const names = nodes.flatMap((node) => node.enum ?? []).filter((name) => typeof name === "string");
    return names.length === 0 ? undefined : names;
  };
}

/** An argument or a flag that takes a run: "run id, v3, @champion or latest". */
const isRef = ({ description }: { readonly description: string }): boolean => description.includes("run id");

interface Entry {
  readonly path: string;
  readonly words: readonly Word[];
  readonly values: readonly { readonly flag: string; readonly choices: readonly string[] }[];
  readonly takesRun: boolean;
  readonly runFlags: readonly string[];
}

function entriesOf(command: Command, above: readonly string[], choicesOf: ChoicesOf): Entry[] {
  const path = [...above, command.name];
  const options: Options = { ...command.options, ...(command.listing === true ? listingOptions : {}) };
  const own = (command.subcommands ?? []).map(({ name, summary }) => ({ text: name, meaning: summary }));
  const choices = (command.arguments ?? []).flatMap((argument) => argument.choices ?? []);
  const words = [...own, ...choices.map((text) => ({ text, meaning: "" })), ...wordsOf(options)];
  const values = Object.values(options).flatMap((option) => {
    const allowed = choicesOf(option);
    return allowed === undefined ? [] : flagsOf(option).map((flag) => ({ flag, choices: allowed }));
  });
  const runFlags = Object.values(options).filter((option) => option.flags.includes("<") && isRef(option));
  const below = (command.subcommands ?? []).flatMap((child) => entriesOf(child, path, choicesOf));
  const takesRun = (command.arguments ?? []).some(isRef);
  return [{ path: path.join(" "), words, values, takesRun, runFlags: runFlags.flatMap(flagsOf) }, ...below];
}

function wordsOf(options: Options): Word[] {
  const help: OptionSpec = { flags: "-h, --help", description: "print help" };
  return [...Object.values(options), ...Object.values(globalOptions), help].map((option) => ({
    text: flagsOf(option).at(-1)!,
    meaning: option.description,
  }));
}

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
  const places = entries.filter(({ takesRun }) => takesRun).map(({ path }) => `"${path}"`);
  const flags = entries.flatMap(({ path, runFlags }) => runFlags.map((flag) => `"${path} ${flag}"`));
  return `# mlctl completion for bash
_mlctl_runs() {
  mlctl runs list -q 2> /dev/null | tail -n +2 | cut -f1
  mlctl models list -q 2> /dev/null | tail -n +2 | cut -f1
  echo @champion latest
}
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
  case "$current" in
  -*) ;;
  *)
    case "$path" in
    ${places.join(" | ")}) words="$words $(_mlctl_runs)" ;;
    esac
    case "$path $previous" in
    ${flags.join(" | ")}) words="$(_mlctl_runs)" ;;
    esac
    ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _mlctl mlctl
`;
}

function fishScript(entries: readonly Entry[]): string {
  const tops = entries.map(({ path }) => path).filter((path) => path !== "" && !path.includes(" "));
  const all = entries.flatMap(({ path, words, values, takesRun, runFlags }) => {
    const condition =
      path === ""
        ? `not __fish_seen_subcommand_from ${tops.join(" ")}`
        : path
            .split(" ")
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join("; and ");
    const runs = takesRun ? [`complete -c mlctl -n ${quoted(condition)} -f -a '(_mlctl_runs)'`] : [];
    const lines = words.map(({ text, meaning }) => {
      const choices = runFlags.includes(text) ? ["(_mlctl_runs)"] : values.find(({ flag }) => flag === text)?.choices;
      const what = text.startsWith("--") ? `-l ${text.slice(2)}` : `-f -a ${text}`;
      const follow = choices === undefined ? "" : ` -x -a ${quoted(choices.join(" "))}`;
      return `complete -c mlctl -n ${quoted(condition)} ${what}${follow} -d ${quoted(meaning)}`;
    });
    return [...lines, ...runs];
  });
  const runs =
    ["runs", "models"].map((list) => `mlctl ${list} list -q 2> /dev/null | tail -n +2 | cut -f1; `).join("") +
    "echo @champion latest";
  return `# mlctl completion for fish\nfunction _mlctl_runs; ${runs}; end\n${all.join("\n")}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
