/** Rows of a stream, and beside them what `ingest.select` makes of each: the way that ingest made what was trained on. */
import { boundSelect, mentioned, wantedExpressions, type SelectOptions } from "./boundSelect.ts";
import { withDatabase, type Database } from "../duckdb/duckdb.ts";
import type { RowBatch } from "../rowBatch.ts";
import { sealDatabase } from "../duckdb/sealDatabase.ts";
import { selectBatch } from "./selectBatch.ts";

/**
 * Every row stays, in its place; one of which a column cannot be made has a `problem`. Expressions whose columns did
 * not come are left out: such rows have what they make already, or lack it. DuckDB is opened only where one may apply.
 * @throws {MlctlError} kind "usage" for text that is no expression
 */
export async function* selectedRows(
  batches: AsyncIterable<RowBatch>,
  options: SelectOptions,
): AsyncGenerator<RowBatch> {
  const expressions = wantedExpressions(options);
  if (expressions.length === 0) return yield* batches;
  const told = new Set<string>();
  const onNote = (message: string): void => {
    if (!told.has(message)) options.onNote(message);
    told.add(message);
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
        const apply = async (some: RowBatch): Promise<RowBatch> =>
          bound.length === 0 ? some : selectBatch(opened!.database, some, { bound, nullValues: options.nullValues });
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

/** A database that stays until it is closed, as long as whoever takes the rows wants more. */
async function openDatabase(): Promise<OpenDatabase> {
  let release: (() => void) | undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  return new Promise((resolve, reject) => {
    const gone = withDatabase(async (database) => {
      await sealDatabase(database);
      resolve({ database, close: () => (release?.(), gone) });
      await released;
    });
    gone.catch(reject);
  });
}
