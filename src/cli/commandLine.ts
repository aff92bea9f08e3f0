/** One call of mlctl: parses the command line, runs the command, prints its result or error. Never exits the process. */
import { resolve } from "node:path";
import type { Invocation } from "../commands/command.ts";
import { commandGroups, commands } from "../commands/index.ts";
import { codeVersion } from "../config/codeVersion.ts";
import { exitCodes, MlctlError } from "../core/errors.ts";
import { present } from "../core/text/format.ts";
import { maskSecrets } from "../core/text/maskSecrets.ts";
import { isOn } from "../core/userFolder.ts";
import { buildProgram, flagSettings, isHelp, usageProblem, type Call } from "./buildProgram.ts";
import { coloursFor } from "./textWidth.ts";
import { errorText, githubActions } from "./githubActions.ts";
import { progress } from "./progress.ts";
import { reportError } from "./reportError.ts";
import { stopSignals } from "./stopSignals.ts";
import { requireHelpTopic, unknownSubcommand, usageHint } from "./usageHint.ts";
import { terminal, type OutputForm, type Terminal } from "./terminal.ts";

export interface Surroundings extends Pick<Invocation, "stdin" | "environment"> {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** @param argv without node and script @returns `run`, and `fail`, which prints an error that `run` did not catch */
export function commandLine(argv: readonly string[], surroundings: Surroundings) {
  const { stdout, stderr, environment } = surroundings;
  const has = (flag: string): boolean => argv.includes(flag);
  const version = codeVersion();
  const debug = has("--debug") || isOn(environment["MLCTL_DEBUG"]);
  // Read before commander parses, because its own errors need them.
  const quiet = has("-q") || has("--quiet");
  const screen = terminal({ stdout, stderr, environment, colour: !has("--no-color"), quiet });
  const fail: Fail = (error, signal) => {
    const report = reportError(error, { colours: screen.colours, debug, version, json: has("--json"), signal });
    stderr.write(maskSecrets(report.text));
    return report.exitCode;
  };
  const run = async (): Promise<number> => {
    let exitCode = 0;
    const program = buildProgram({
      words: argv,
      commands: commandGroups,
      version,
      width: () => Math.min(100, screen.width()),
      colours: screen.outColours,
      write: (text) => void stdout.write(text),
      run: async (call) => void (exitCode = await runCall(call, screen, surroundings, fail)),
    });
    try {
      requireHelpTopic(argv);
      if (argv.length === 0) program.outputHelp();
      else await program.parseAsync([...argv], { from: "user" });
    } catch (error) {
      if (!isHelp(error)) return fail(asUsageError(error, argv));
      // A group without its subcommand ("mlctl config") is wrong usage; --help is not.
      if ((error as { exitCode: number }).exitCode !== 0) return exitCodes.usage;
    }
    return exitCode;
  };
  return { run, fail };
}

type Fail = (error: unknown, signal?: AbortSignal) => number;

async function runCall(call: Call, screen: Terminal, surroundings: Surroundings, fail: Fail): Promise<number> {
  const { clear, signal, stopCode, actions, ...invocation } = invocationOf(call, screen, surroundings);
  try {
    const outcome = await call.command.run!(invocation);
    clear();
    screen.show(outcome, formOf(call));
    if ("text" in outcome) return stopCode() ?? 0;
    const { view, exitCode = 0 } = outcome;
    // A failed gate or check is an error annotation on GitHub Actions, although mlctl did not fail.
    if (exitCode !== 0) actions.fail(present([view.title ?? "", ...(view.notes ?? [])]).join("\n"));
    if (call.command.summarizes === true) actions.summarize(view);
    return stopCode() ?? exitCode;
  } catch (error) {
    clear();
    actions.fail(errorText(error));
    return fail(error, signal);
  }
}

function invocationOf(call: Call, screen: Terminal, { stdin, stdout, stderr, environment }: Surroundings) {
  const { config, directory } = call.options;
  const has = (flag: "json" | "quiet" | "verbose" | "trust"): boolean => call.options[flag] === true;
  const drawn = progress({
    write: (text) => void stderr.write(maskSecrets(text)),
    live: stderr.isTTY && environment["TERM"] !== "dumb",
    quiet: has("quiet"),
    verbose: has("verbose"),
    width: screen.width,
    colours: screen.colours,
    clock: () => performance.now(),
  });
  const write = (line: string): void => void stderr.write(`${line}\n`);
  const printStop = (line: string): void => {
    drawn.clear();
    write(line);
  };
  const { signal, onceInterrupted, exitCode: stopCode } = stopSignals(printStop, call.command.drains);
  const actions = githubActions({ environment, title: `mlctl ${call.name}`, write });
  const emit: Invocation["context"]["emit"] = (event) => {
    drawn.emit(event);
    actions.warn(event);
  };
  const invocation: Invocation = {
    args: call.args,
    options: call.options as Invocation["options"],
    global: {
      config: textOf(config) ?? environment["MLCTL_CONFIG"],
      directory: resolve(textOf(directory) ?? environment["MLCTL_DIRECTORY"] ?? "."),
      json: has("json"),
      quiet: has("quiet"),
      verbose: has("verbose"),
      trust: has("trust"),
    },
    flagSettings: flagSettings(call),
    context: { now: () => new Date(), signal, emit, onceInterrupted },
    environment,
    stdin,
    stdout,
    stderr,
    commands,
    usageError,
  };
  return { ...invocation, clear: drawn.clear, signal, stopCode, actions };
}

function formOf({ command, options }: Call): OutputForm {
  // The --csv-safe of predict applies to its rows, not to a listing; that of a listing includes --csv.
  const leftOut = command.listing !== true ? "csvSafe" : options["csvSafe"] === true ? "csv" : undefined;
  const forms = ["json", "csv", "csvSafe", "md"] as const;
  const chosen = forms.filter((form) => options[form] === true && form !== leftOut);
  const flags = chosen.map((form) => `--${form.replace("S", "-s")}`);
  if (flags.length > 1) throw new MlctlError("usage", `use only one of ${flags.join(" and ")}`);
  return chosen[0] ?? "auto";
}

export async function usageError(words: readonly string[]): Promise<MlctlError | undefined> {
  const colours = coloursFor({}, {}, false);
  const nothing = { version: "", width: () => 80, colours, write: () => {}, run: async () => {} };
  try {
    await buildProgram({ words, commands: commandGroups, ...nothing }).parseAsync([...words], { from: "user" });
    return undefined;
  } catch (error) {
    if (isHelp(error)) return new MlctlError("usage", `\`mlctl ${words.join(" ")}\` only prints help`);
    const problem = asUsageError(error, words);
    if (problem instanceof MlctlError) return problem;
    throw error;
  }
}

function asUsageError(error: unknown, argv: readonly string[]): unknown {
  const problem = usageProblem(error);
  if (problem === undefined) return error;
  const { message, hint } = problem;
  return (
    unknownSubcommand(message, argv) ?? new MlctlError("usage", message, { hint: usageHint({ message, hint }, argv) })
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
