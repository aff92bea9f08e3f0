/** Errors of DuckDB. */
import { messageOf, MlctlError } from "../../core/errors.ts";

export const TRY_CAST_HINT = "use TRY_CAST to turn values that cannot be converted into missing values";

/**
 * An error in SQL of the configuration, with the `key` that contains it. An MlctlError stays as it is: it says why the SQL
 * was stopped.
 */
export function sqlError(key: string, error: unknown, hint: string): MlctlError {
  if (error instanceof MlctlError) return error;
  const plain = firstLine(error)
    .replace(/^(Failed to extract statements: )?[A-Za-z ]+ Error: /, "")
    .replace(/ - file system operations are disabled by configuration$/, "")
    .replace(/[.!]$/, "");
  return new MlctlError("usage", `${key}: ${plain}`, { hint, cause: error });
}

export function isOutOfMemory(error: unknown): boolean {
  return messageOf(error).startsWith("Out of Memory Error");
}

/** The first line of an error message; DuckDB appends the SQL below it. */
export function firstLine(error: unknown): string {
  return messageOf(error).split("\n")[0]!;
}
