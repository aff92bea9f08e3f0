/** What the training rows look like, kept small enough to live in the model file. */
import type { CategoryReference, ColumnReference, NumberReference, Reference } from "../core/records/reference.ts";
import type { CategoryColumn, Column, Table } from "../core/table/table.ts";
import { columnStatistics } from "./columnStatistics.ts";
import { presentValues } from "./presentValues.ts";
import { samplePositions } from "./samplePositions.ts";

/** Values kept of all columns together: about 2 MB of JSON, whatever the number of columns. */
const SAMPLE_BUDGET = 200_000;

/** More would hardly sharpen a Kolmogorov–Smirnov test against a batch of usual size; fewer would blunt it. */
const LARGEST_SAMPLE = 2_000;
const SMALLEST_SAMPLE = 200;

/** Categories beyond these are one cell, "any other": a column of ids must not blow up the model. */
const MOST_CATEGORIES = 1_000;

/**
 * Reference statistics of each column of `table`. Infinite numbers count as missing: JSON cannot hold them.
 * The same seed keeps the same rows in every complete column.
 *
 * @param options.prediction answers on the validation rows; may have another length than the table
 * @param options.target truth of the rows
 * @param options.sampleSize values kept of each column of numbers; unless told, as many as a model file can bear
 */
export function referenceOf(
  table: Table,
  { seed, prediction, target, sampleSize: wanted }: ReferenceOptions,
): Reference {
  const share = Math.floor(SAMPLE_BUDGET / Math.max(1, table.columns.length));
  const sampleSize = wanted ?? Math.max(SMALLEST_SAMPLE, Math.min(LARGEST_SAMPLE, share));
  const alone = positionsBy(seed, wanted ?? LARGEST_SAMPLE);
  const positions = positionsBy(seed, sampleSize);
  const entries = table.columns.map((column) => [column.name, columnReference(column, positions)] as const);
  return {
    rows: table.rowCount,
    columns: Object.fromEntries(entries),
    prediction: prediction === undefined ? null : columnReference(prediction, alone),
    ...(target === undefined ? {} : { target: columnReference(target, alone) }),
  };
}

export interface ReferenceOptions {
  readonly seed: number;
  readonly prediction?: Column;
  readonly target?: Column;
  readonly sampleSize?: number;
}

/** Which of so many values are kept, in rising order. */
type Positions = (count: number) => Int32Array;

/** Drawn once for all columns of one length. */
function positionsBy(seed: number, sampleSize: number): Positions {
  const drawn = new Map<number, Int32Array>();
  return (count) => {
    const known = drawn.get(count) ?? samplePositions(count, { seed, sampleSize });
    drawn.set(count, known);
    return known;
  };
}

function columnReference(column: Column, positions: Positions): ColumnReference {
  if (column.kind === "category") return categoryReference(column);
  return numberReference(column.kind, column.values, positions);
}

function numberReference(kind: "number" | "date", values: Float64Array, positions: Positions): NumberReference {
  const figures = columnStatistics(values);
  const present = figures.count === values.length ? values : presentValues(values);
  const sample = Float64Array.from(positions(present.length), (at) => present[at]!);
  return {
    kind,
    count: figures.count,
    missing: values.length - figures.count,
    mean: finiteOrNull(figures.mean),
    standardDeviation: finiteOrNull(figures.standardDeviation),
    quantiles: [...figures.quantiles],
    sample: Array.from(sample.toSorted()),
  };
}

function categoryReference({ codes, categories }: CategoryColumn): CategoryReference {
  const rows = new Float64Array(categories.length);
  let missing = 0;
  for (let row = 0; row < codes.length; row++) {
    if (codes[row]! < 0) missing++;
    else rows[codes[row]!]!++;
  }
  const counts = categories.map((category, code) => [category, rows[code]!] as const).filter(([, count]) => count > 0);
  counts.sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1));
  return { kind: "category", count: codes.length - missing, missing, counts: counts.slice(0, MOST_CATEGORIES) };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
