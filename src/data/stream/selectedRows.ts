/** Applies `ingest.select` to the rows of a stream, so that they get the same columns as the training data. */
import { boundSelect, mentioned, wantedExpressions, type SelectOptions } from "./boundSelect.ts";
import { withDatabase, type Database } from "../duckdb/duckdb.ts";
import type { RowBatch } from "../rowBatch.ts";
import { sandboxDatabase } from "../duckdb/untrustedSql.ts";
import { selectBatch } from "./selectBatch.ts";

/**
 * Keeps all rows in order; a row for which an expression fails gets a `problem`. Skips expressions whose columns are
 * missing: such rows have the result already, or lack it. Opens DuckDB only if an expression may apply.
 * @throws {MlctlError} kind "usage" if an entry of `select` is not a single SQL expression
 */
export async function* selectedRows(
  batches: AsyncIterable<RowBatch>,
  options: SelectOptions,
): AsyncGenerator<RowBatch> {
  const expressions = wantedExpressions(options);
  if (expressions.length === 0) return yield* batches;
  const reported = new Set<string>();
  const onNote = (message: string): void => {
    if (!reported.has(message)) options.onNote(message);
    reported.add(message);
  };
  let opened: OpenDatabase | undefined;
  let select: { readonly width: number; readonly apply: (batch: RowBatch) => Promise<RowBatch> } | undefined;
  try {
    for await (const batch of batches) {
      const { columns } = batch;
      if (select?.width !== columns.length) {
        const mayApply = ({ name, sql }: { name: string; sql: string }): boolean =>
          !columns.includes(name) || mentioned(sql, columns).length > 0;
        if (expressions.some(mayApply)) opened ??= await openDatabase();
        const bound = opened === undefined ? [] : await boundSelect(opened.database, columns, { ...options, onNote });
        const apply = async (each: RowBatch): Promise<RowBatch> =>
          bound.length === 0 ? each : selectBatch(opened!.database, each, { bound, nullValues: options.nullValues });
        select = { width: columns.length, apply };
      }
      yield await select.apply(batch);
    }
  } finally {
    await opened?.close();
  }
}

interface OpenDatabase {
  readonly database: Database;
  close(): Promise<void>;
}

/** A database that stays open until `close` is called. */
async function openDatabase(): Promise<OpenDatabase> {
  const [opened, closing] = [Promise.withResolvers<Database>(), Promise.withResolvers<void>()];
  const finished = withDatabase(async (database) => {
    await sandboxDatabase(database);
    opened.resolve(database);
    await closing.promise;
  });
  finished.catch(opened.reject);
  return { database: await opened.promise, close: () => (closing.resolve(), finished) };
}
