/**
 * The definition of a subcommand, and the flags that several share. A new one is an object like these, which `commands` in
 * index.ts lists; "satisfies Command" is how architecture.test.ts recognises it. Flags, help, completion, `--json` and the
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

export const groups = ["Lifecycle", "Predict", "Monitor", "Improve", "Inspect", "Other"] as const;

type Group = (typeof groups)[number];

export interface OptionSpec {
  /** In commander's syntax: "-o, --output <file>", "--columns <names...>"; a repeatable "--tag <name>" has type "list". */
  readonly flags: string;
  readonly description: string;
  /** Of the value in `flags`, default "text"; without one, a flag is true or false. A "duration" ("10m") arrives in milliseconds. */
  readonly type?: "number" | "integer" | "list" | "duration";
  readonly choices?: readonly string[];
  readonly default?: string | number;
  /** The key of config.json that this flag overrides ("train.seed"); see openConfig. */
  readonly setting?: string;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  readonly choices?: readonly string[];
}

export type Options = Readonly<Record<string, OptionSpec>>;

export type OptionValue<S extends OptionSpec> = S extends { readonly type: "number" | "integer" | "duration" }
  ? number | Absent<S>
  : S extends { readonly type: "list" }
    ? readonly string[] | undefined
    : S extends { readonly choices: readonly (infer Choice)[] }
      ? Choice | Absent<S>
      : S extends { readonly flags: `${string}<${string}` }
        ? string | Absent<S>
        : boolean;

type Absent<S extends OptionSpec> = S extends { readonly default: string | number } ? never : undefined;

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
  readonly group?: Group;
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
  config: { flags: "-c, --config <file>", description: "configuration file (default: config.json; MLCTL_CONFIG)" },
  directory: {
    flags: "-C, --directory <dir>",
    description: "workspace folder (default: current folder; MLCTL_DIRECTORY)",
  },
  json: { flags: "--json", description: "print the result as one JSON document" },
  quiet: { flags: "-q, --quiet", description: "print only results, warnings and errors" },
  verbose: { flags: "-v, --verbose", description: "print more, such as a line for every stage" },
  debug: { flags: "--debug", description: "print the stack trace of errors (MLCTL_DEBUG)" },
  trust: { flags: "--trust", description: "allow what config.json runs and calls, for this call (MLCTL_TRUST)" },
  color: { flags: "--no-color", description: "print without colours (NO_COLOR)" },
} as const satisfies Record<string, OptionSpec>;

export const listingOptions = {
  csv: { flags: "--csv", description: "print the list as CSV" },
  csvSafe: {
    flags: "--csv-safe",
    description: "print the list as CSV without cells that a spreadsheet would run as formulas",
  },
  md: { flags: "--md", description: "print the list as a Markdown table" },
} as const satisfies Record<string, OptionSpec>;

/** Spread into the options of the commands that take them, so that a flag means the same everywhere. */
export const sharedOptions = {
  seed: { flags: "--seed <number>", type: "integer", setting: "train.seed", description: "random seed" },
  output: { flags: "-o, --output <file>", description: "output file; - is stdout" },
  force: { flags: "-f, --force", description: "skip the safety checks that would stop this command" },
  dryRun: { flags: "--dry-run", description: "show what would be done and change nothing" },
  message: { flags: "-m, --message <text>", description: "why, for the record of the deployment" },
  inputFormat: {
    flags: "--input-format <name>",
    description: "format of the input (default: by the file name; csv for stdin)",
    choices: ["csv", "jsonl"],
  },
  wait: {
    flags: "--wait <time>",
    type: "duration",
    description: "maximum time to wait for another mlctl to finish, e.g. 10m",
  },
} as const satisfies Record<string, OptionSpec>;

export const splitOptions = {
  testSize: { flags: "--test-size <share>", type: "number", description: "share of test rows", default: 0.2 },
  seed: { flags: "--seed <number>", type: "integer", description: "random seed", default: 42 },
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
