/** Converts SQLite errors to MlctlErrors that name the store and the next step. */
import { MlctlError } from "../../core/errors.ts";
import { sqliteCode } from "../sqlite/sqlite.ts";

/** Runs `work` and converts SQLite errors; other errors are not changed. */
export function withStoreErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeFailure(error, path) ?? error;
  }
}

/** True if `mlctl reindex` can repair the store: it is damaged, not of a newer version. */
export function isDamaged(error: unknown): error is MlctlError {
  if (!(error instanceof MlctlError)) return false;
  return (
    error.cause instanceof SyntaxError || ["SQLITE_CORRUPT", "SQLITE_NOTADB"].includes(sqliteCode(error.cause) ?? "")
  );
}

function storeFailure(error: unknown, path: string): MlctlError | undefined {
  // A damaged record in the index, which SQLite itself does not detect.
  if (error instanceof SyntaxError) return damaged(path, error);
  switch (sqliteCode(error)) {
    case undefined:
      return undefined;
    case "SQLITE_CORRUPT":
    case "SQLITE_NOTADB":
      return damaged(path, error);
    case "SQLITE_BUSY":
    case "SQLITE_LOCKED":
      return failure("busy", `the store ${path} is in use by another process`, "try again", error);
    case "SQLITE_FULL":
      return failure("failure", `cannot write ${path}: no space left on the device`, "free some space", error);
    // Also occurs on a full disk, when the -shm file next to the store cannot grow.
    case "SQLITE_IOERR":
      return failure(
        "failure",
        `cannot read or write ${path}: disk I/O error`,
        "free some space, or check the disk",
        error,
      );
    case "SQLITE_CANTOPEN":
    case "SQLITE_READONLY":
    case "SQLITE_PERM":
      return failure("failure", `cannot open ${path} for writing`, "check the permissions of its folder", error);
    default:
      return failure("failure", `the store ${path} failed: ${String(error)}`, "run `mlctl doctor`", error);
  }
}

function damaged(path: string, cause: unknown): MlctlError {
  return failure("data", `the store ${path} is damaged`, "run `mlctl reindex` to rebuild it from the records", cause);
}

function failure(kind: "data" | "busy" | "failure", message: string, hint: string, cause: unknown): MlctlError {
  return new MlctlError(kind, message, { hint, cause });
}
