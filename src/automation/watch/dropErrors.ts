/** Which failures of a drop are its own, which may be gone in a moment, and how they are told. */
import { MlctlError } from "../../core/errors.ts";
import { errorCode } from "../../storage/files/writeFailure.ts";

export interface DropError {
  readonly message: string;
  readonly details: readonly string[];
  readonly hint: string | null;
}

/** Ctrl-C, SIGTERM. */
export function isStop(error: unknown): boolean {
  if (error instanceof MlctlError) return error.kind === "interrupted" || error.kind === "terminated";
  return error instanceof Error && error.name === "AbortError";
}

/** Not the file's fault, and perhaps gone in a moment: the lock, the disk, the network. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof MlctlError)) return errorCode(error) !== undefined;
  return error.kind === "busy" || error.kind === "failure" || error.kind === "notReady";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function dropError(error: unknown): DropError {
  if (error instanceof MlctlError) return { message: error.message, details: error.details, hint: error.hint ?? null };
  const hint = "this is a bug of mlctl: please report it with the file's log";
  return { message: `unexpected: ${messageOf(error)}`, details: [], hint };
}
