/** Opens the prediction log of a workspace for reading. The client of Postgres is loaded only when it is used. */
import { predictionLogPath } from "./predictionLogPath.ts";
import type { LogPlace, LogReader } from "./logReader.ts";
import { sqliteReader } from "./sqliteReader.ts";

/**
 * Opens nothing yet.
 * @param options.stays the log stays open between calls, and later writes of other processes are seen
 */
export function openLogReader({ database, shared }: LogPlace, options: { readonly stays?: boolean } = {}): LogReader {
  if (shared === undefined) return sqliteReader(predictionLogPath(database), options);
  let opened: Promise<LogReader> | undefined;
  const open = (): Promise<LogReader> =>
    (opened ??= import("./postgresReader.ts").then(({ postgresReader }) => postgresReader(shared)));
  return {
    exists: async () => (await open()).exists(),
    rows: async (filter) => (await open()).rows(filter),
    count: async (filter) => (await open()).count(filter),
    find: async (prefix) => (await open()).find(prefix),
    those: async (column, keys) => (await open()).those(column, keys),
    after: async (seq, limit) => (await open()).after(seq, limit),
    page: async (query) => (await open()).page(query),
    totals: async (since) => (await open()).totals(since),
    models: async () => (await open()).models(),
    close: () => void opened?.then((reader) => reader.close()),
  };
}
