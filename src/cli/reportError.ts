/** An error as it is told on stderr, and the exit code it ends with. */
import { exitCodes, MlctlError } from "../core/errors.ts";
import type { Colours } from "./colours.ts";
import { printable } from "./textWidth.ts";

export interface ErrorReport {
  readonly text: string;
  readonly exitCode: number;
}

/** What the system refuses is no bug: full disks, missing rights. */
const systemHints: Readonly<Record<string, string>> = {
  EACCES: "check the permissions of that path",
  EPERM: "check the permissions of that path",
  EROFS: "that file system is read-only; work in another folder with -C",
  ENOSPC: "free some space and run the same command again; what was there before is unchanged",
  EDQUOT: "free some space and run the same command again; what was there before is unchanged",
  EMFILE: "raise the limit of open files (ulimit -n)",
  ENOENT: "check that path",
  ENOTDIR: "check that path",
  EISDIR: "check that path",
};

export interface ReportOptions {
  readonly colours: Colours;
  /** Print the stack too. */
  readonly debug: boolean;
  readonly version: string;
  /** The error followed from a signal that was sent. */
  readonly signal?: AbortSignal;
}

export function reportError(error: unknown, options: ReportOptions): ErrorReport {
  const told = knownError(error, options.signal);
  const stack = options.debug && error instanceof Error ? `${options.colours.dim(stackOf(error))}\n` : "";
  if (told === undefined) return bug(error, stack, options);
  const { colours } = options;
  const lines = [
    `${colours.red("error:")} ${printable(told.message)}`,
    ...told.details.map((detail) => `  ${printable(detail)}`),
    ...(told.hint === undefined ? [] : [`${colours.cyan("hint:")} ${printable(told.hint)}`]),
  ];
  return { text: `${lines.join("\n")}\n${stack}`, exitCode: told.exitCode };
}

function knownError(error: unknown, signal: AbortSignal | undefined): MlctlError | undefined {
  if (error instanceof MlctlError) return error;
  if (!(error instanceof Error)) return undefined;
  if (signal?.aborted === true && error.name === "AbortError" && signal.reason instanceof MlctlError)
    return signal.reason;
  const { code, syscall } = error as NodeJS.ErrnoException;
  const hint = code !== undefined && syscall !== undefined ? systemHints[code] : undefined;
  return hint === undefined ? undefined : new MlctlError("failure", error.message, { hint, cause: error });
}

function bug(error: unknown, stack: string, { colours, version }: ReportOptions): ErrorReport {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const system = `mlctl ${version}, Node.js ${process.version}, ${process.platform} ${process.arch}`;
  const ask = "report it with this text and the output of the same command with --debug";
  const lines = [`${colours.red("error:")} ${printable(message)}`, `this is a bug in mlctl (${system})`];
  const text = `${lines.join("\n")}\n${colours.cyan("hint:")} ${ask}\n${stack}`;
  return { text, exitCode: exitCodes.failure };
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
