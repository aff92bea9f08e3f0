/** A reference made of rows that config.json names: of a table, or of files, which a thread can read as well. */
import type { Model } from "../../core/records/model.ts";
import type { Reference } from "../../core/records/reference.ts";
import type { Table } from "../../core/table/table.ts";
import type { ReadOptions } from "../../data/readOptions.ts";
import { readTable } from "../../data/files/readTable.ts";
import { prepareRows } from "../../monitoring/prepareRows.ts";
import { predictionColumn } from "../../pipeline/rows/predictionColumn.ts";
import { referenceOf } from "../../stats/referenceOf.ts";
import { samplePositions } from "../../stats/samplePositions.ts";

/** Of a larger reference so many rows are answered, drawn by the seed: a hundredth is known to half a thousandth. */
const MOST_ANSWERED = 50_000;

/** Plain values: they go over to a thread. */
export interface ReferenceOptions {
  readonly model: Model;
  readonly timeColumn: string | null;
  readonly round: number | null;
  readonly seed: number;
  /** Exactly Evidently's figures need every value; the calibrated rules are as good with a sample. */
  readonly isExact: boolean;
}

export interface ReferenceFiles extends ReferenceOptions {
  readonly paths: readonly string[];
  readonly reading: ReadOptions;
}

/** @throws {MlctlError} kind "data" if one of the files cannot be read */
export async function referenceOfFiles({ paths, reading, ...options }: ReferenceFiles): Promise<Reference> {
  return referenceOfRows(await readTable(paths, reading), options);
}

export function referenceOfRows(table: Table, options: ReferenceOptions): Reference {
  const { model, timeColumn, round, seed, isExact } = options;
  const { inputs, yPred, yTrue } = prepareRows(model, table, {
    timeColumn,
    round,
    known: [],
    ...(isExact ? {} : { asked: samplePositions(table.rowCount, { seed, sampleSize: MOST_ANSWERED }) }),
  });
  const { target } = model.signature;
  const answers = yPred.filter((value) => !Number.isNaN(value));
  const truth = yTrue.filter((value) => !Number.isNaN(value));
  return referenceOf(inputs, {
    seed,
    ...(isExact ? { sampleSize: table.rowCount } : {}),
    ...(answers.length === 0 ? {} : { prediction: predictionColumn(target, answers) }),
    ...(truth.length === 0 ? {} : { target: predictionColumn(target, truth) }),
  });
}
