/** Formats an error for stderr and gives its exit code. */
import { firstLines, present } from "../core/text/format.ts";
import { exitCodes, MlctlError } from "../core/errors.ts";
import { printable, type Colours } from "./textWidth.ts";
import { toJson } from "../core/text/toJson.ts";

/** Errors of the system, such as a full disk or missing permissions, are not bugs: hints by error code. */
const systemHints: Readonly<Record<string, string>> = {
  EACCES: "check the permissions of this path",
  EPERM: "check the permissions of this path",
  EROFS: "this file system is read-only; use another folder with -C",
  ENOSPC: "free some space and run the same command again; existing files are unchanged",
  EDQUOT: "free some space and run the same command again; existing files are unchanged",
  EMFILE: "raise the limit of open files (ulimit -n)",
  ENOENT: "check this path",
  ENOTDIR: "check this path",
  EISDIR: "check this path",
};

export interface ReportOptions {
  readonly colours: Colours;
  readonly debug: boolean;
  readonly version: string;
  readonly json?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export function reportError(error: unknown, options: ReportOptions): { text: string; exitCode: number } {
  const { colours, debug, version, json, signal } = options;
  const known = knownError(error, signal);
  const { message, kind, details, hint, exitCode } = known ?? bug(error);
  const stack = debug && error instanceof Error ? stackOf(error) : undefined;
  if (json === true) {
    const document = { error: message, kind, details, hint: hint ?? null, exitCode, stack };
    return { text: `${JSON.stringify(toJson(document))}\n`, exitCode };
  }
  const system = `mlctl ${version}, Node.js ${process.version}, ${process.platform} ${process.arch}`;
  const lines = present([
    `${colours.red("error:")} ${printable(message)}`,
    ...firstLines(details).map((detail) => `  ${printable(detail)}`),
    known === undefined && `this is a bug in mlctl (${system})`,
    hint !== undefined && `${colours.bold("hint:")} ${printable(hint)}`,
    stack && colours.dim(stack),
  ]);
  return { text: `${lines.join("\n")}\n`, exitCode };
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

/** An error that is not the user's to mend. */
function bug(error: unknown) {
  const hint = "please report it with this message and the output of the same command with --debug";
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { message, kind: "bug", details: [], hint, exitCode: exitCodes.failure };
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
