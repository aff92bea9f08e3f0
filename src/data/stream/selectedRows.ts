/** Applies `ingest.select` to the rows of a stream, so that they get the same columns as the training data. */
import {
  type BoundExpression,
  boundSelect,
  type SelectOptions,
  textFormats,
  wantedExpressions,
} from "./boundSelect.ts";
import { MlctlError } from "../../core/errors.ts";
import { withDatabase, type Database, type DatabaseOptions, isMentioned } from "../duckdb/duckdb.ts";
import type { RowBatch } from "../rowBatch.ts";
import { sandboxDatabase } from "../duckdb/untrustedSql.ts";
import { selectBatch } from "./selectBatch.ts";

export interface RowSelector {
  /**
   * Keeps all rows in order; a row for which an expression fails gets a `problem`. Skips expressions whose columns are
   * missing: such rows have the result already, or lack it.
   * @throws {MlctlError} kind "usage" if an entry of `select` is not a single SQL expression
   */
  apply(batch: RowBatch): Promise<RowBatch>;
  close(): Promise<void>;
}

/** Time to finish a statement after a signal: a server still answers the requests that it has. */
const PATIENCE_MS = 500;

/** Sets of columns whose expressions are kept: a request may have any. */
const MAX_KEPT = 100;

/**
 * Opens DuckDB only if an expression may apply.
 * @returns undefined if no expression computes a column of the model
 */
export function rowSelector(options: SelectOptions): RowSelector | undefined {
  const expressions = wantedExpressions(options);
  if (expressions.length === 0) return undefined;
  const { nullValues } = options;
  const formats = textFormats(options);
  const reported = new Set<string>();
  const onNote = (message: string): void => {
    if (!reported.has(message)) options.onNote(message);
    reported.add(message);
  };
  let opened: Promise<OpenDatabase> | undefined;
  let deadline = Infinity;
  const late = (): MlctlError =>
    new MlctlError("busy", `ingest.select took longer than ${options.maxSeconds} s`, {
      hint: "send fewer rows, or raise serve.limits.select_seconds in config.json",
    });
  const known = new Map<string, readonly BoundExpression[]>();
  const select = async (batch: RowBatch): Promise<RowBatch> => {
    const { columns } = batch;
    const mayApply = ({ name, sql }: { name: string; sql: string }): boolean =>
      !columns.includes(name) || /\braw\b/i.test(sql) || columns.some((column) => isMentioned(column, sql));
    if (opened === undefined && !expressions.some(mayApply)) return batch;
    const { database } = await (opened ??= openDatabase(() => ({ patienceMs: PATIENCE_MS, deadline, late })));
    const key = JSON.stringify(columns);
    const bound = known.get(key) ?? (await boundSelect(database, columns, { ...options, onNote }));
    if (known.size >= MAX_KEPT) known.clear();
    known.set(key, bound);
    return bound.length === 0 ? batch : selectBatch(database, batch, { bound, nullValues, formats });
  };
  // One after the other, because all use the same table of the database.
  let last: Promise<unknown> = Promise.resolve();
  return {
    apply(batch) {
      const until = performance.now() + 1000 * (options.maxSeconds ?? Infinity);
      const selected = last.then(() => {
        deadline = until;
        return select(batch);
      });
      last = selected.catch(() => undefined);
      return selected;
    },
    async close() {
      await last;
      await (await opened)?.close();
      opened = undefined;
    },
  };
}

/** The batches with the columns that `select` computes. @throws {MlctlError} as `apply` */
export async function* selectedRows(
  batches: AsyncIterable<RowBatch>,
  options: SelectOptions,
): AsyncGenerator<RowBatch> {
  const selector = rowSelector(options);
  if (selector === undefined) return yield* batches;
  try {
    for await (const batch of batches) yield await selector.apply(batch);
  } finally {
    await selector.close();
  }
}

interface OpenDatabase {
  readonly database: Database;
  close(): Promise<void>;
}

/** A database that stays open until `close` is called. */
async function openDatabase(limits: DatabaseOptions["limits"]): Promise<OpenDatabase> {
  const [opened, closing] = [Promise.withResolvers<Database>(), Promise.withResolvers<void>()];
  const finished = withDatabase(
    async (database) => {
      await sandboxDatabase(database);
      opened.resolve(database);
      await closing.promise;
    },
    { limits },
  );
  finished.catch(opened.reject);
  return { database: await opened.promise, close: () => (closing.resolve(), finished) };
}
