/** Runs work in a transaction. */
import { MlctlError } from "../../core/errors.ts";
import type { Connection } from "./connect.ts";

/** Commits, or rolls back if `work` throws. */
export async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.query("BEGIN");
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // A lost connection rolls back by itself.
    await connection.query("ROLLBACK").catch(() => {});
    throw error;
  }
  try {
    await connection.query("COMMIT");
  } catch (error) {
    if (connection.isOpen() || !(error instanceof MlctlError)) throw error;
    throw new MlctlError("failure", `${error.message}; it is unknown whether the last record was saved`, {
      hint: "look, e.g. with `mlctl runs list`, before you run the command again",
      cause: error,
    });
  }
  return result;
}
