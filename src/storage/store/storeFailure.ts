/** Turns an error of SQLite into one that names the store and the next step. */
import { MlctlError } from "../../core/errors.ts";
import { sqliteCode } from "../sqlite/sqlite.ts";

/** Runs `work` on the store at `path`; other errors pass unchanged. */
export function withStoreErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeFailure(error, path) ?? error;
  }
}

/** True for a store that `mlctl reindex` mends: damaged, not of a newer version. */
export function isDamaged(error: unknown): error is MlctlError {
  if (!(error instanceof MlctlError)) return false;
  return (
    error.cause instanceof SyntaxError || ["SQLITE_CORRUPT", "SQLITE_NOTADB"].includes(sqliteCode(error.cause) ?? "")
  );
}

function storeFailure(error: unknown, path: string): MlctlError | undefined {
  // A flipped bit within a record that the index holds: SQLite itself does not notice.
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
    // A full disk says this too, when the shared memory beside the store cannot grow.
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
      return failure("failure", `cannot open ${path} for writing`, "check its folder and who may write there", error);
    default:
      return failure("failure", `the store ${path} failed: ${String(error)}`, "run `mlctl doctor`", error);
  }
}

function damaged(path: string, cause: unknown): MlctlError {
  return failure("data", `the store ${path} is damaged`, "run `mlctl reindex`: it is rebuilt from the records", cause);
}

function failure(kind: "data" | "busy" | "failure", message: string, hint: string, cause: unknown): MlctlError {
  return new MlctlError(kind, message, { hint, cause });
}
