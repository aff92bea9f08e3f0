/** One column now against its training reference: either side as a drift test wants it. */
import type { ColumnDrift } from "../core/records/drift.ts";
import { decileCounts } from "../drift/decileCounts.ts";
import type { DriftResult, DriftTest } from "../drift/driftTest.ts";
import { driftTests } from "../drift/index.ts";
import type { CategoryReference, ColumnReference } from "../core/records/reference.ts";
import type { CategoryColumn, Column } from "../core/table/table.ts";
import { presentValues } from "../stats/presentValues.ts";
import { tieCounts } from "../stats/tieCounts.ts";

/** A column of the reference, what it holds now, and what config.json says of it. */
export interface ComparedColumn {
  readonly name: string;
  readonly reference: ColumnReference;
  readonly column: Column | undefined;
  readonly override: { readonly test?: string | undefined; readonly limit?: number | undefined };
}

/** The two sides of a comparison. Numbers have values and, by deciles of the reference, counts; categories counts only. */
export interface Sides {
  readonly values: Side | null;
  readonly counts: Side;
}

export interface Side {
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/** Ties may add so much to a Cramér–von Mises statistic: at 0.46 it is significant. */
const LARGEST_TIE_SHARE = 0.01;

/** Why the column cannot be compared, or null. */
export function reasonToSkip(
  reference: ColumnReference,
  column: Column | undefined,
  minimumRows: number,
): string | null {
  if (column === undefined) return "the column is absent";
  if (column.kind !== reference.kind)
    return `the column holds ${column.kind} values now, ${reference.kind} in training`;
  const present = column.kind === "category" ? presentCodes(column) : presentValues(column.values).length;
  if (reference.count === 0) return "all values were missing in training";
  if (present === 0) return "all values are missing";
  if (reference.count < minimumRows) return `${reference.count} values in training, at least ${minimumRows} are needed`;
  if (present < minimumRows) return `${present} values, at least ${minimumRows} are needed`;
  return null;
}

/** Of a column before anything is known of it. */
export function untestedColumn(test: Pick<DriftTest, "name" | "measure">, limit: number): ColumnDrift {
  const { name, measure } = test;
  const direction = measure === "p_value" ? "below" : "above";
  return { test: name, measure, statistic: NaN, value: NaN, limit, direction, psi: null, drifted: false };
}

/** Only for columns that `reasonToSkip` lets pass. */
export function sidesOf(reference: ColumnReference, column: Column): Sides {
  if (reference.kind === "category" && column.kind === "category") {
    return { values: null, counts: categoryCounts(reference, column) };
  }
  if (reference.kind === "category" || column.kind === "category") throw new TypeError("columns of two kinds");
  const values = { reference: Float64Array.from(reference.sample), current: presentValues(column.values) };
  return { values, counts: decileCounts(values.reference, values.current) };
}

/**
 * What the test says, or why it can say nothing of this column; null where it does not suit columns of this kind at
 * all, e.g. Kolmogorov–Smirnov and categories.
 */
export function compareSides(test: DriftTest, sides: Sides): DriftResult | string | null {
  const { values } = sides;
  if (test.input === "values" && values === null) return null;
  if (test.mostCategories !== undefined) {
    const counts = values === null ? sides.counts : valueCounts(values);
    const distinct = counts.reference.reduce((sum, rows, i) => sum + (rows + counts.current[i]! > 0 ? 1 : 0), 0);
    if (distinct > test.mostCategories)
      return `it holds ${distinct} distinct values, a ${test.label} compares ${test.mostCategories}`;
    return test.compare(counts.reference, counts.current);
  }
  const side = sides[test.input]!;
  if (test.needsDistinct === true && addedByTies(side) > LARGEST_TIE_SHARE)
    return `too many equal values for a ${test.label} test, it would alarm without cause: take ks`;
  return test.compare(side.reference, side.current);
}

/**
 * What midranks add to a Cramér–von Mises statistic where nothing has changed: each sample's own ranks within a tie
 * go on rising, by (a³ − a) / 12 for a equal values.
 */
function addedByTies(side: Side): number {
  const [m, n] = [side.reference.length, side.current.length];
  const { reference, current } = valueCounts(side);
  return (m * excess(reference) + n * excess(current)) / (m * n * (m + n));
}

function excess(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count ** 3 - count, 0) / 12;
}

/** The effect size beside every verdict. */
export function stabilityIndex(sides: Sides): number {
  return driftTests.psi.compare(sides.counts.reference, sides.counts.current).value;
}

/** Rows of each distinct value, in rising order. */
export function valueCounts({ reference, current }: Side): Side {
  const { first, second } = tieCounts(reference, current);
  return { reference: first, current: second };
}

/** Rows of each category of the reference, and in a last cell those of all others: unseen, or too rare to be kept. */
function categoryCounts(reference: CategoryReference, { codes, categories }: CategoryColumn): Side {
  const kept = reference.counts.length;
  const cellOf = new Map(reference.counts.map(([category], cell) => [category, cell]));
  const cellOfCode = Int32Array.from(categories, (category) => cellOf.get(category) ?? kept);
  const expected = Float64Array.from([...reference.counts.map(([, count]) => count), 0]);
  expected[kept] = reference.count - expected.reduce((sum, count) => sum + count, 0);
  const current = new Float64Array(kept + 1);
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) current[cellOfCode[codes[row]!]!]!++;
  return { reference: expected, current };
}

function presentCodes({ codes }: CategoryColumn): number {
  let present = 0;
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) present++;
  return present;
}
