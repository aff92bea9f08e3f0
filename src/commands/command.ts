/**
 * The definition of a subcommand. To add one, write `commands/<name>.ts` in this shape and add a line to index.ts:
 *
 *     export const score = defineCommand({
 *       name: "score",
 *       group: "Lifecycle",
 *       summary: "evaluate the latest model on the test set",
 *       options: { model: { flags: "--model <ref>", description: "run id, v3 or @champion (default: latest)" } },
 *       examples: [["mlctl score --model @champion", "the deployed model"]],
 *       async run(invocation) {
 *         const step = await import("../lifecycle/score/score.ts"); // heavy imports only here: --help stays fast
 *         const { model = "latest" } = invocation.options;
 *         const result = await inWorkspace(invocation, { write: "score" }, (session) => step.score(session, { model }));
 *         return { result, view: scoreView(result) };
 *       },
 *     })
 *
 * followed by "satisfies Command", by which architecture.test.ts recognises a command. Flags, help, completion, `--json`
 * and the type of `invocation.options` are derived from this definition.
 */
import type { Readable, Writable } from "node:stream";
import type { Context } from "../core/context.ts";
import type { MlctlError } from "../core/errors.ts";
import type { Environment } from "../core/userFolder.ts";
import type { View } from "../core/view.ts";

export const groups = ["Lifecycle", "Predict", "Monitor", "Improve", "Inspect", "Other"] as const;

export type Group = (typeof groups)[number];

export interface OptionSpec {
  /** In commander's syntax: "-o, --output <file>", "--columns <names...>"; a repeatable "--tag <name>" has type "list". */
  readonly flags: string;
  readonly description: string;
  /** Of the value in `flags`, default "text"; without one, a flag is true or false. A "duration" ("10m") arrives in milliseconds. */
  readonly type?: "number" | "integer" | "list" | "duration";
  readonly choices?: readonly string[];
  /** Shown in the help, and used when the flag is not given. */
  readonly default?: string | number;
  /** The key of config.json that this flag overrides ("train.seed"); see openConfig. */
  readonly setting?: string;
}

export interface ArgumentSpec {
  /** As in the usage line: "<shell>" is required, "[paths...]" takes any number. */
  readonly name: string;
  readonly description: string;
  readonly choices?: readonly string[];
}

export type Options = Readonly<Record<string, OptionSpec>>;

/** Type of an option's value; undefined if the flag was not given. */
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

/** Values of the flags that every command takes; see globalOptions.ts. */
export interface GlobalOptions {
  /** -c FILE */
  readonly config: string | undefined;
  /** Absolute path: -C DIR, else the current directory. */
  readonly directory: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  /** For one call, as `mlctl config trust` for all. */
  readonly trust: boolean;
}

export interface Invocation<O extends Options = Options> {
  /** Arguments in order; those of "[paths...]" are flattened. */
  readonly args: readonly string[];
  readonly options: { readonly [Key in keyof O]: OptionValue<O[Key]> };
  readonly global: GlobalOptions;
  /** Flags that override keys of config.json, in the form that `loadConfig` takes. */
  readonly flagSettings: readonly { readonly key: string; readonly flag: string; readonly value: string | number }[];
  readonly context: Context;
  readonly environment: Environment;
  /** stdin and stdout are for commands that stream rows; the others return their result. */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  /** For the output of other programs; a command reports its own progress and warnings through `context.emit`. */
  readonly stderr: Writable;
  /** All commands in the order of the help; used by completion. */
  readonly commands: readonly Command[];
  /** Checks a command line (without the program's name) without running it; undefined if it is valid. */
  readonly usageError: (words: readonly string[]) => Promise<MlctlError | undefined>;
}

/** What a command returns; cli prints it and exits with `exitCode`. */
export type Outcome =
  | {
      /** Printed by --json; its camelCase keys become snake_case there. */
      readonly result: object;
      readonly view: View;
      /** Default 0; see exitCodes in core/errors.ts. */
      readonly exitCode?: number;
      /** Rows were already written to stdout: the view goes to stderr, and --json prints nothing more. */
      readonly streamed?: boolean;
    }
  | { /** Printed unchanged, with or without --json. */ readonly text: string };

export interface Command<O extends Options = Options> {
  readonly name: string;
  /** Its heading in the list of commands; subcommands have none. */
  readonly group?: Group;
  /** One line for the command list: lower case, no full stop. */
  readonly summary: string;
  /** Names that people try instead. They are not aliases; the error's hint names this command. */
  readonly alsoCalled?: readonly string[];
  /** Shown below the summary in the help of this command. */
  readonly details?: string;
  readonly arguments?: readonly ArgumentSpec[];
  /** Hint when too many arguments are given. */
  readonly excessHint?: string;
  readonly options?: O;
  /** 2 to 4 command lines to paste, each with its meaning. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** As in "config show", "config validate"; a command with subcommands has no `run`. */
  readonly subcommands?: readonly Command[];
  /** Adds --csv, --csv-safe and --md, which print the first table of the view. */
  readonly listing?: boolean;
  /** On GitHub Actions, its view is added to the job summary. */
  readonly summarizes?: boolean;
  /** After SIGTERM or SIGHUP it finishes its running work, instead of being ended after some seconds. */
  readonly drains?: boolean;
  run?(invocation: Invocation<O>): Promise<Outcome>;
}

/** Identity; infers the type of `invocation.options` from `options`. */
export function defineCommand<const O extends Options>(command: Command<O>): Command<O> {
  return command;
}
