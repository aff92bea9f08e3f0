/** Converts SQLite errors to MlctlErrors that name the store and the next step. */
import { MlctlError } from "../../core/errors.ts";
import { sqliteCode, sqliteFailure } from "../sqlite/sqlite.ts";

/** Runs `work` and converts SQLite errors; other errors are not changed. */
export function withStoreErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const name = `the store ${path}`;
    const repair = "run `mlctl reindex` to rebuild it from the records";
    // A damaged record in the index, which SQLite itself does not detect.
    if (error instanceof SyntaxError)
      throw new MlctlError("data", `${name} is damaged`, { hint: repair, cause: error });
    throw sqliteFailure(error, { path, name, repair, check: "run `mlctl doctor`" }) ?? error;
  }
}

/** True if `mlctl reindex` can repair the store: it is damaged, not of a newer version. */
export function isDamaged(error: unknown): error is MlctlError {
  if (!(error instanceof MlctlError)) return false;
  return (
    error.cause instanceof SyntaxError || ["SQLITE_CORRUPT", "SQLITE_NOTADB"].includes(sqliteCode(error.cause) ?? "")
  );
}
