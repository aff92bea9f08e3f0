/** What DuckDB says of SQL of the configuration, as an error that names its key. */
import { MlctlError } from "../../core/errors.ts";

export function sqlError(key: string, error: unknown, hint: string): MlctlError {
  const message = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
  const plain = message
    .replace(/^(Failed to extract statements: )?[A-Za-z ]+ Error: /, "")
    .replace(/ - file system operations are disabled by configuration$/, "")
    .replace(/[.!]$/, "");
  return new MlctlError("usage", `${key}: ${plain}`, { hint, cause: error });
}
