/** Computes a reference from a table or from files. Also runs in a thread. */
import type { Model, Reference } from "../../core/records/model.ts";
import type { Table } from "../../core/table/table.ts";
import type { ReadOptions } from "../../data/readOptions.ts";
import { readTable } from "../../data/files/readTable.ts";
import { referenceOfPrepared, prepareRows } from "../../monitoring/prepareRows.ts";
import { samplePositions } from "../../stats/samplePositions.ts";

/** Maximum number of rows to predict, sampled by the seed: a share of 1 % then has a standard error below 0.05 %. */
const MAX_PREDICTED = 50_000;

/** Plain values only, because they are sent to a thread. */
export interface ReferenceOptions {
  readonly model: Model;
  readonly timeColumn: string | null;
  readonly round: number | null;
  readonly seed: number;
  /** Evidently's rules need every value; the calibrated rules work with a sample. */
  readonly isExact: boolean;
}

export interface ReferenceFiles extends ReferenceOptions {
  readonly paths: readonly string[];
  readonly reading: ReadOptions;
}

export async function referenceOfFiles({ paths, reading, ...options }: ReferenceFiles): Promise<Reference> {
  return referenceOfRows(await readTable(paths, reading), options);
}

export function referenceOfRows(table: Table, options: ReferenceOptions): Reference {
  const { model, timeColumn, round, seed, isExact } = options;
  const rows = prepareRows(model, table, {
    timeColumn,
    round,
    known: [],
    ...(isExact ? {} : { asked: samplePositions(table.rowCount, { seed, sampleSize: MAX_PREDICTED }) }),
  });
  const sampleSize = isExact ? table.rowCount : undefined;
  return referenceOfPrepared(rows, model.signature.target, { seed, sampleSize });
}
