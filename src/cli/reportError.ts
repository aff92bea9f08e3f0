/** Formats an error for stderr and gives its exit code. */
import { firstLines } from "../core/text/format.ts";
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
  const known = knownError(error, options.signal);
  if (options.json === true) return jsonReport(error, known, options);
  const stack = options.debug && error instanceof Error ? `${options.colours.dim(stackOf(error))}\n` : "";
  if (known === undefined) return bug(error, stack, options);
  const { colours } = options;
  const lines = [
    `${colours.red("error:")} ${printable(known.message)}`,
    ...firstLines(known.details).map((detail) => `  ${printable(detail)}`),
    ...(known.hint === undefined ? [] : [`${colours.bold("hint:")} ${printable(known.hint)}`]),
  ];
  return { text: `${lines.join("\n")}\n${stack}`, exitCode: known.exitCode };
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

const BUG_HINT = "please report it with this message and the output of the same command with --debug";

/** { error, kind, details, hint, exit_code }; kind "bug" for an error that is not the user's to mend. */
function jsonReport(error: unknown, known: MlctlError | undefined, { debug }: ReportOptions) {
  const exitCode = known?.exitCode ?? exitCodes.failure;
  const document = {
    error: known?.message ?? nameAndMessage(error),
    kind: known?.kind ?? "bug",
    details: known?.details ?? [],
    hint: known === undefined ? BUG_HINT : (known.hint ?? null),
    exitCode,
    ...(debug && error instanceof Error ? { stack: stackOf(error) } : {}),
  };
  return { text: `${JSON.stringify(toJson(document))}\n`, exitCode };
}

function bug(error: unknown, stack: string, { colours, version }: ReportOptions) {
  const system = `mlctl ${version}, Node.js ${process.version}, ${process.platform} ${process.arch}`;
  const lines = [`${colours.red("error:")} ${printable(nameAndMessage(error))}`, `this is a bug in mlctl (${system})`];
  const text = `${lines.join("\n")}\n${colours.bold("hint:")} ${BUG_HINT}\n${stack}`;
  return { text, exitCode: exitCodes.failure };
}

function nameAndMessage(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
