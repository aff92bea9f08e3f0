/** Classifies errors of a drop: caused by the file, by a signal, or transient. */
import { messageOf, MlctlError } from "../../core/errors.ts";
import { errorCode } from "../../storage/files/writeFailure.ts";

export interface DropError {
  readonly message: string;
  readonly details: readonly string[];
  readonly hint: string | null;
}

/** Ctrl-C, SIGTERM, SIGHUP. */
export function isStop(error: unknown): boolean {
  if (error instanceof MlctlError) return error.kind === "interrupted" || error.kind === "terminated";
  return error instanceof Error && error.name === "AbortError";
}

/** Not caused by the file and worth a retry: the lock, the disk, the network. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof MlctlError)) return errorCode(error) !== undefined;
  return error.kind === "busy" || error.kind === "failure" || error.kind === "notReady";
}

export function dropError(error: unknown): DropError {
  if (error instanceof MlctlError) return { message: error.message, details: error.details, hint: error.hint ?? null };
  const hint = "this is a bug of mlctl: please report it with the file's log";
  return { message: `unexpected: ${messageOf(error)}`, details: [], hint };
}
