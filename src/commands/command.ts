/**
 * Command: what a subcommand is made of. To add one, write `commands/<name>.ts` in this shape and a line in index.ts:
 *
 *     export const score = defineCommand({
 *       name: "score",
 *       group: "Lifecycle",
 *       summary: "judge the latest model on the test data",
 *       options: { failUnder: { flags: "--fail-under <value>", type: "number", description: "exit 10 below it" } },
 *       examples: [["mlctl score --fail-under 0.6", "fail a pipeline"]],
 *       async run(invocation) {
 *         const settings = await openConfig(invocation);
 *         const { score } = await import("../lifecycle/score/score.ts"); // heavy imports only here: --help stays fast
 *         const result = await score({ failUnder: invocation.options.failUnder }, settings, invocation.context);
 *         return { result, view: scoreView(result) };
 *       },
 *     })
 *
 * followed by "satisfies Command", the mark by which architecture.test.ts knows a command. `options` types
 * `invocation.options`; flags, help, completion, `--json`, colours, progress and exit codes follow.
 */
import type { Readable, Writable } from "node:stream";
import type { Context } from "../core/context.ts";
import type { MlctlError } from "../core/errors.ts";
import type { View } from "../core/view.ts";

export const groups = ["Lifecycle", "Use", "Watch", "Improve", "Look back", "Other"] as const;

export type Group = (typeof groups)[number];

export interface OptionSpec {
  /** As commander writes them: "-o, --output <file>"; "--columns <names...>" or, given repeatedly, "--limit <name>" with type "list". */
  readonly flags: string;
  readonly description: string;
  /** Left out: "boolean" without a value in `flags`, else "text". "duration" ("10m") arrives in milliseconds. */
  readonly type?: "boolean" | "text" | "number" | "integer" | "list" | "duration";
  readonly choices?: readonly string[];
  /** Shown in the help and filled in. */
  readonly default?: string | number;
  /** The key of config.json this flag stands for ("train.seed"): openConfig lays it over file and environment. */
  readonly setting?: string;
}

export interface ArgumentSpec {
  /** As in the usage line: "<shell>" required, "[paths...]" any number. */
  readonly name: string;
  readonly description: string;
  readonly choices?: readonly string[];
}

export type Options = Readonly<Record<string, OptionSpec>>;

/** What an option arrives as; undefined where it was not given. */
export type OptionValue<S extends OptionSpec> = S extends { readonly type: "boolean" }
  ? boolean
  : S extends { readonly type: "number" | "integer" | "duration" }
    ? number | Absent<S>
    : S extends { readonly type: "list" }
      ? readonly string[] | undefined
      : S extends { readonly choices: readonly (infer Choice)[] }
        ? Choice | Absent<S>
        : S extends { readonly flags: `${string}<${string}` }
          ? string | Absent<S>
          : boolean;

type Absent<S extends OptionSpec> = S extends { readonly default: string | number } ? never : undefined;

/** The flags that every command takes; see globalOptions.ts. */
export interface GlobalOptions {
  /** -c FILE */
  readonly config: string | undefined;
  /** -C DIR, else the current directory. */
  readonly directory: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
}

/** One call of a command. */
export interface Invocation<O extends Options = Options> {
  /** Arguments in order; those of "[paths...]" follow one another. */
  readonly args: readonly string[];
  readonly options: { readonly [Key in keyof O]: OptionValue<O[Key]> };
  readonly global: GlobalOptions;
  /** Flags that stand for keys of config.json, as `loadConfig` takes them. */
  readonly flagSettings: readonly { readonly key: string; readonly flag: string; readonly value: string | number }[];
  readonly context: Context;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For commands that stream rows; the others return their result. */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  /** For what another program says; one's own remarks go through `context.emit`. */
  readonly stderr: Writable;
  /** All commands in the order of the help, for completion. */
  readonly commands: readonly Command[];
  /** What is wrong with a command line (without the program's name), before anybody runs it; undefined: nothing. */
  readonly usageError: (words: readonly string[]) => Promise<MlctlError | undefined>;
}

/** What a command gives back; main shows it and ends with `exitCode`. */
export type Outcome =
  | {
      /** For --json: camelCase here, snake_case there. */
      readonly result: object;
      readonly view: View;
      /** 0 if left out; see exitCodes in core/errors.ts. */
      readonly exitCode?: number;
      /** Rows went to stdout already: the view goes to stderr and --json prints nothing more. */
      readonly streamed?: boolean;
    }
  | { /** Printed as it is, with or without --json. */ readonly text: string };

export interface Command<O extends Options = Options> {
  readonly name: string;
  readonly group: Group;
  /** One sentence for the list: lower case, no full stop. */
  readonly summary: string;
  /** Other words that people try for it: no command, but the hint names this one. */
  readonly alsoCalled?: readonly string[];
  /** What the summary leaves out, for the help of this command. */
  readonly details?: string;
  readonly arguments?: readonly ArgumentSpec[];
  /** The next step where more words were given: what they were probably meant for. */
  readonly excessHint?: string;
  readonly options?: O;
  /** 2 to 4 lines to paste, each with what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** "config show", "config validate"; a command with these has no `run`. */
  readonly subcommands?: readonly Command[];
  /** Adds --csv and --md: the first table of the view in that form. */
  readonly listing?: boolean;
  /** On GitHub Actions its view goes to the summary of the job. */
  readonly summarizes?: boolean;
  /** After SIGTERM it waits for what it began, instead of being ended after some seconds. */
  readonly drains?: boolean;
  run?(invocation: Invocation<O>): Promise<Outcome>;
}

/** Nothing but types: lets `options` decide what `run` is given. */
export function defineCommand<const O extends Options>(command: Command<O>): Command<O> {
  return command;
}
