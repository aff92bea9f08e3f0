/** Computes the reference: statistics of the training rows, small enough for the model file. */
import { finiteOrNull } from "../core/json.ts";
import type { CategoryReference, ColumnReference, Reference } from "../core/records/model.ts";
import type { CategoryColumn, Column, Table } from "../core/table/table.ts";
import { columnStatistics, presentValues } from "./descriptive.ts";
import { countCategories, samplePositions } from "./samplePositions.ts";

/** Maximum number of sampled values over all columns: about 2 MB of JSON for any number of columns. */
const SAMPLE_BUDGET = 200_000;

/** Larger samples hardly improve the power of a Kolmogorov–Smirnov test with a batch of usual size; smaller reduce it. */
const LARGEST_SAMPLE = 2_000;
const SMALLEST_SAMPLE = 200;

/** Rarer categories are not listed, so that a column of ids does not bloat the model. */
const MAX_CATEGORIES = 1_000;

/**
 * Reference statistics of each column of `table`. Infinite numbers count as missing, because JSON cannot represent them.
 * For a given seed, the sample of every complete column has the same rows.
 * @param options.prediction predictions on the validation rows; the length may differ from the table's
 * @param options.target labels of the rows
 * @param options.sampleSize values per number column; default: the budget divided by the number of columns, 200 to 2,000
 */
export function referenceOf(
  table: Table,
  { seed, prediction, target, sampleSize: wanted }: ReferenceOptions,
): Reference {
  const share = Math.floor(SAMPLE_BUDGET / Math.max(1, table.columns.length));
  const sampleSize = wanted ?? Math.max(SMALLEST_SAMPLE, Math.min(LARGEST_SAMPLE, share));
  const largestPositions = positionsBy(seed, wanted ?? LARGEST_SAMPLE);
  const positions = positionsBy(seed, sampleSize);
  const entries = table.columns.map((column) => [column.name, columnReference(column, positions)] as const);
  return {
    rows: table.rowCount,
    columns: Object.fromEntries(entries),
    prediction: prediction === undefined ? null : columnReference(prediction, largestPositions),
    ...(target === undefined ? {} : { target: columnReference(target, largestPositions) }),
  };
}

export interface ReferenceOptions {
  readonly seed: number;
  readonly prediction?: Column | undefined;
  readonly target?: Column | undefined;
  readonly sampleSize?: number | undefined;
}

/** Ascending positions of the sampled values among `count` values. */
type Positions = (count: number) => Int32Array;

/** Draws once for all columns of the same length. */
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
  const { kind, values } = column;
  const statistics = columnStatistics(values);
  const present = statistics.count === values.length ? values : presentValues(values);
  const sample = Float64Array.from(positions(present.length), (at) => present[at]!);
  return {
    kind,
    count: statistics.count,
    missing: values.length - statistics.count,
    mean: finiteOrNull(statistics.mean),
    standardDeviation: finiteOrNull(statistics.standardDeviation),
    quantiles: [...statistics.quantiles],
    sample: Array.from(sample.toSorted()),
  };
}

function categoryReference(column: CategoryColumn): CategoryReference {
  const counted = countCategories(column);
  const count = counted.reduce((sum, each) => sum + each.count, 0);
  const counts = counted.slice(0, MAX_CATEGORIES).map((each) => [each.category, each.count] as const);
  return { kind: "category", count, missing: column.codes.length - count, counts };
}
