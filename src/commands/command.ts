/**
 * The definition of a subcommand, and the flags that several share. A new one is an object like these, which index.ts lists; "satisfies Command" is how architecture.test.ts recognises it. Flags, help, completion, `--json` and the
 * type of `invocation.options` derive from it. Heavy modules are imported inside `run`, so that --help stays fast.
 */
import type { Readable, Writable } from "node:stream";
import type { Context } from "../core/context.ts";
import { MlctlError } from "../core/errors.ts";
import type { MonitorArea } from "../core/records/monitoring.ts";
import { isUserTag, NAME_TAG } from "../core/records/lineage.ts";
import { MILLISECONDS_A_DAY } from "../core/text/format.ts";
import type { FailOn } from "../lifecycle/monitor/monitorRecord.ts";
import { parseDate } from "../core/text/valueFormat.ts";
import { didYouMean } from "../core/text/suggest.ts";
import type { Environment } from "../core/userFolder.ts";
import type { View } from "../core/view.ts";

export interface OptionDetails {
  /** Of the value in the flags, default "text"; without one, a flag is true or false. A "duration" ("10m") arrives in milliseconds. */
  readonly type?: "number" | "integer" | "list" | "duration";
  readonly choices?: readonly string[];
  readonly default?: string | number;
  /** The key of config.json that this flag overrides ("train.seed"); see openConfig. */
  readonly setting?: string;
}

/** Flags in commander's syntax: "-o, --output <file>", "--columns <names...>"; a repeatable "--tag <name>" has type "list". */
export type OptionSpec = readonly [flags: string, description: string, details?: OptionDetails];

export type ArgumentSpec = readonly [name: string, description: string, details?: Pick<OptionDetails, "choices">];

export type Options = Readonly<Record<string, OptionSpec>>;

type DetailsOf<S extends OptionSpec> = S extends readonly [string, string, infer D extends OptionDetails] ? D : object;

export type OptionValue<S extends OptionSpec> =
  DetailsOf<S> extends { readonly type: "number" | "integer" | "duration" }
    ? number | Absent<S>
    : DetailsOf<S> extends { readonly type: "list" }
      ? readonly string[] | undefined
      : DetailsOf<S> extends { readonly choices: readonly (infer Choice)[] }
        ? Choice | Absent<S>
        : S extends readonly [`${string}<${string}`, ...unknown[]]
          ? string | Absent<S>
          : boolean;

type Absent<S extends OptionSpec> = DetailsOf<S> extends { readonly default: string | number } ? never : undefined;

interface GlobalOptions {
  readonly config: string | undefined;
  readonly directory: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly trust: boolean;
}

export interface Invocation<O extends Options = Options> {
  readonly args: readonly string[];
  readonly options: { readonly [Key in keyof O]: OptionValue<O[Key]> };
  readonly global: GlobalOptions;
  readonly flagSettings: readonly { readonly key: string; readonly flag: string; readonly value: string | number }[];
  readonly context: Context;
  readonly environment: Environment;
  /** stdin and stdout are for commands that stream rows; the others return their result. */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  /** For the output of other programs; a command reports its own progress and warnings through `context.emit`. */
  readonly stderr: Writable;
  readonly commands: readonly Command[];
  /** Checks a command line (without the program's name) without running it; undefined if it is valid. */
  readonly usageError: (words: readonly string[]) => Promise<MlctlError | undefined>;
}

export type Outcome =
  | {
      readonly result: object;
      readonly view: View;
      readonly exitCode?: number;
      /** Rows were already written to stdout: the view goes to stderr, and --json prints nothing more. */
      readonly streamed?: boolean;
    }
  | { /** Printed unchanged, with or without --json. */ readonly text: string };

export interface Command<O extends Options = Options> {
  readonly name: string;
  /** One line for the command list: lower case, no full stop. */
  readonly summary: string;
  /** Names that people try instead. They are not aliases; the error's hint names this command. */
  readonly alsoCalled?: readonly string[];
  readonly details?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: O;
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** As in "config show", "config validate"; a command with subcommands has no `run`. */
  readonly subcommands?: readonly Command[];
  /** Adds --csv, --csv-safe and --md, which print the first table of the view. */
  readonly listing?: boolean;
  /** Its view is the job summary on GitHub Actions. */
  readonly summarizes?: boolean;
  /** After SIGTERM or SIGHUP it finishes its running work, instead of being ended after some seconds. */
  readonly drains?: boolean;
  run?(invocation: Invocation<O>): Promise<Outcome>;
}

/** Identity; infers the type of `invocation.options` from `options`. */
export function defineCommand<const O extends Options>(command: Command<O>): Command<O> {
  return command;
}

export const globalOptions = {
  config: ["-c, --config <file>", "configuration file (default: config.json; MLCTL_CONFIG)"],
  directory: ["-C, --directory <dir>", "workspace folder (default: current folder; MLCTL_DIRECTORY)"],
  json: ["--json", "print the result as one JSON document"],
  quiet: ["-q, --quiet", "print only results, warnings and errors"],
  verbose: ["-v, --verbose", "print more, such as a line for every stage"],
  debug: ["--debug", "print the stack trace of errors (MLCTL_DEBUG)"],
  trust: ["--trust", "allow what config.json runs and calls, for this call (MLCTL_TRUST)"],
  color: ["--no-color", "print without colours (NO_COLOR)"],
} as const satisfies Record<string, OptionSpec>;

export const listingOptions = {
  csv: ["--csv", "print the list as CSV"],
  csvSafe: ["--csv-safe", "print the list as CSV without cells that a spreadsheet would run as formulas"],
  md: ["--md", "print the list as a Markdown table"],
} as const satisfies Record<string, OptionSpec>;

/** Spread into the options of the commands that take them, so that a flag means the same everywhere. */
export const sharedOptions = {
  seed: ["--seed <number>", "random seed", { type: "integer", setting: "train.seed" }],
  output: ["-o, --output <file>", "output file; - is stdout"],
  force: ["-f, --force", "skip the safety checks that would stop this command"],
  dryRun: ["--dry-run", "show what would be done and change nothing"],
  message: ["-m, --message <text>", "why, for the record of the deployment"],
  inputFormat: [
    "--input-format <name>",
    "format of the input (default: by the file name; csv for stdin)",
    { choices: ["csv", "jsonl"] },
  ],
  wait: ["--wait <time>", "maximum time to wait for another mlctl to finish, e.g. 10m", { type: "duration" }],
} as const satisfies Record<string, OptionSpec>;

export const splitOptions = {
  testSize: ["--test-size <share>", "share of test rows", { type: "number", default: 0.2 }],
  seed: ["--seed <number>", "random seed", { type: "integer", default: 42 }],
  encoding: [
    "--encoding <name>",
    "encoding of the file, e.g. macintosh (default: UTF-8, UTF-16 with a byte order mark, else windows-1252)",
  ],
} as const satisfies Record<string, OptionSpec>;

export const monitorAreas: readonly MonitorArea[] = ["drift", "quality", "performance"];

export function areasOf(given: string | undefined): FailOn[] {
  const names = (given ?? "").split(",").map((name) => name.trim());
  return names
    .filter((name) => name !== "")
    .map((name) => {
      const known = [...monitorAreas, "warn" as const].find((each) => each === name);
      if (known !== undefined) return known;
      const hint = didYouMean(name, monitorAreas, `use ${monitorAreas.join(", ")}; and warn, if warnings count too`);
      throw new MlctlError("usage", `--fail-on: unknown area "${name}"`, { hint });
    });
}

export const FAIL_ON =
  "exit 11 for drift, 12 for quality, 13 for performance; 14 if there are too few rows or labels to decide; with warn, as in quality,warn, warnings count too";

/** A day includes all of it for --until. @returns milliseconds since 1970 UTC */
export function dateOption(text: string | undefined, flag: "--since" | "--until"): number | undefined {
  if (text === undefined) return undefined;
  const at = parseDate(text);
  const hint = "write 2024-01-31 or 2024-01-31T12:00:00Z";
  if (at === undefined) throw new MlctlError("usage", `${flag}: ${JSON.stringify(text)} is not a date`, { hint });
  const isDay = !/:/.test(text);
  return flag === "--until" && isDay ? at + MILLISECONDS_A_DAY : at;
}

const MAX_TAG_LENGTH = 250;

export function tagValues(given: readonly string[] = [], name?: string): Record<string, string> {
  const pairs = given.map((text): [string, string] => {
    const [, key, value = ""] = /^([A-Za-z][\w.-]{0,99})(?:=(.*))?$/su.exec(text) ?? [];
    if (key !== undefined && value.length <= MAX_TAG_LENGTH && isUserTag(key)) return [key, value];
    const reason = key !== undefined && !isUserTag(key) ? `mlctl sets "${key}" itself` : "it is not a valid tag";
    throw new MlctlError("usage", `--tag ${JSON.stringify(text)}: ${reason}`, {
      hint: `write --tag owner=ann or --tag quarterly, with at most ${MAX_TAG_LENGTH} characters`,
    });
  });
  return Object.fromEntries(name === undefined ? pairs : [...pairs, [NAME_TAG, name.slice(0, MAX_TAG_LENGTH)]]);
}

export function metricValues(flag: string, given: readonly string[] | undefined): Record<string, number> {
  const pairs = (given ?? [])
    .flatMap((list) => list.split(","))
    .map((text): [string, number] => {
      const [, name, amount] = /^([A-Za-z]\w*)=(.+)$/.exec(text) ?? [];
      const value = Number(amount);
      if (name !== undefined && Number.isFinite(value) && value >= 0) return [name, value];
      throw new MlctlError("usage", `${flag} takes a metric and a number of at least 0, found "${text}"`, {
        hint: `write ${flag} roc_auc=0.01`,
      });
    });
  return Object.fromEntries(pairs);
}
