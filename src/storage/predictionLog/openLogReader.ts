/** Opens the prediction log of a workspace for reading. */
import { predictionLogPath } from "./predictionLogPath.ts";
import type { LogPlace, LogReader } from "./logReader.ts";
import { postgresReader } from "./postgresReader.ts";
import { sqliteReader } from "./sqliteReader.ts";

/**
 * Opens nothing yet.
 * @param options.stays the log stays open between calls, and later writes of other processes are seen
 */
export function openLogReader({ database, shared }: LogPlace, options: { readonly stays?: boolean } = {}): LogReader {
  return shared === undefined ? sqliteReader(predictionLogPath(database), options) : postgresReader(shared);
}
