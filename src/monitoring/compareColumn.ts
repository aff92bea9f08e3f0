/** Prepares a column and its training reference for a drift test, and runs the tests of the calibrated rules. */
import { counted } from "../core/text/format.ts";
import type { ColumnDrift } from "../core/records/monitoring.ts";
import { benjaminiHochberg } from "../drift/benjaminiHochberg.ts";
import { decileCounts } from "../drift/decileCounts.ts";
import type { DriftResult, DriftTest } from "../drift/driftTest.ts";
import { findDriftTest, unsuitable } from "../drift/findDriftTest.ts";
import { driftTests } from "../drift/index.ts";
import type { CategoryReference, ColumnReference } from "../core/records/model.ts";
import { presentCount, type CategoryColumn, type Column } from "../core/table/table.ts";
import { rowsByCode } from "../stats/samplePositions.ts";
import { presentValues } from "../stats/descriptive.ts";
import { tieCounts } from "../stats/rankCounts.ts";

/** A column of the reference, its current values, and its drift settings in config.json. */
export interface ComparedColumn {
  readonly name: string;
  readonly reference: ColumnReference;
  readonly column: Column | undefined;
  readonly override: { readonly test?: string | undefined; readonly limit?: number | undefined };
}

/** Numbers have values, and counts by decile of the reference; categories have counts only. */
interface Sides {
  readonly values: Side | null;
  readonly counts: Side;
}

export type Side = { readonly reference: Float64Array; readonly current: Float64Array };

/** Maximum that ties may add to a Cramér–von Mises statistic, which is significant at 0.46. */
const MAXIMUM_ADDED_BY_TIES = 0.01;

/** Why the column cannot be compared; null if it can. */
export function reasonToSkip(
  reference: ColumnReference,
  column: Column | undefined,
  minimumRows: number,
): string | null {
  if (column === undefined) return "the column is missing";
  if (column.kind !== reference.kind)
    return `the column now holds ${column.kind} values, but held ${reference.kind} values in training`;
  const present = column.kind === "category" ? presentCount(column) : presentValues(column.values).length;
  if (reference.count === 0) return "all values were missing in training";
  if (present === 0) return "all values are missing";
  if (reference.count < minimumRows)
    return `${counted(reference.count, "value")} in training, at least ${minimumRows} are needed`;
  if (present < minimumRows) return `${counted(present, "value")}, at least ${minimumRows} are needed`;
  return null;
}

/** The result for a column that was not tested (yet): no statistic, no drift. */
export function untestedColumn(test: Pick<DriftTest, "name" | "measure">, limit: number): ColumnDrift {
  const { name, measure } = test;
  const direction = measure === "p_value" ? "below" : "above";
  return { test: name, measure, statistic: NaN, value: NaN, limit, direction, psi: null, drifted: false };
}

/** Call only if `reasonToSkip` returned null. */
export function sidesOf(reference: ColumnReference, column: Column): Sides {
  if (reference.kind === "category" && column.kind === "category") {
    return { values: null, counts: sideOf(certainCells(cellsByName(reference, column), reference)) };
  }
  if (reference.kind === "category" || column.kind === "category") throw new TypeError("the columns differ in kind");
  const values = { reference: Float64Array.from(reference.sample), current: presentValues(column.values) };
  return { values, counts: decileCounts(values.reference, values.current) };
}

/** @returns a string with the reason if the test cannot judge these values */
export function compareSides(test: DriftTest, sides: Sides): DriftResult | string {
  const { values } = sides;
  if (test.mostCategories !== undefined) {
    const counts = values === null ? sides.counts : valueCounts(values);
    const distinct = counts.reference.reduce((sum, rows, i) => sum + (rows + counts.current[i]! > 0 ? 1 : 0), 0);
    if (distinct > test.mostCategories)
      return `it has ${distinct} distinct values; a ${test.label} compares at most ${test.mostCategories}`;
    return test.compare(counts.reference, counts.current);
  }
  const side = sides[test.input]!;
  if (test.needsDistinct === true && addedByTies(side) > MAXIMUM_ADDED_BY_TIES)
    return `too many equal values: a ${test.label} test would raise false alarms; use ks`;
  return test.compare(side.reference, side.current);
}

const excess = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count ** 3 - count, 0) / 12;

/** Midranks are equal within a tie, but each sample's own ranks go on rising: (a³ − a) / 12 for a equal values. */
function addedByTies(side: Side): number {
  const [m, n] = [side.reference.length, side.current.length];
  const { reference, current } = valueCounts(side);
  return (m * excess(reference) + n * excess(current)) / (m * n * (m + n));
}

/** Population stability index: the effect size that is reported with every verdict. */
export function stabilityIndex(sides: Sides): number {
  return driftTests.psi.compare(sides.counts.reference, sides.counts.current).value;
}

export function valueCounts({ reference, current }: Side): Side {
  const { first, second } = tieCounts(reference, current);
  return { reference: first, current: second };
}

type Cell = readonly [reference: number, current: number];

/**
 * Row counts of each category of either side, in the order of their names. A common cell for all unseen categories would
 * have no rows of the reference, and be drift in any column with many rare categories.
 */
export function cellsByName({ counts }: CategoryReference, column: CategoryColumn): Cell[] {
  const rows = rowsByCode(column);
  const cells = new Map(counts.map(([name, count]): [string, Cell] => [name, [count, 0]]));
  column.categories.forEach((name, code) => {
    if (rows[code]! > 0) cells.set(name, [cells.get(name)?.[0] ?? 0, rows[code]!]);
  });
  return [...cells].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}

export function sideOf(cells: readonly Cell[]): Side {
  return { reference: Float64Array.from(cells, ([a]) => a), current: Float64Array.from(cells, ([, b]) => b) };
}

/**
 * If the reference lists only its most frequent categories, those with fewer rows than a threshold share the last cell.
 * It leaves no category of which it is unknown whether it reaches it: one that is not listed has at most as many rows in
 * the reference as the rarest listed one.
 */
function certainCells(cells: readonly Cell[], { counts, count: rows }: CategoryReference): readonly Cell[] {
  const total = (some: readonly Cell[], side: 0 | 1): number => some.reduce((sum, cell) => sum + cell[side], 0);
  let unlisted = rows - total(cells, 0);
  if (unlisted === 0) return cells;
  const rarest = counts.at(-1)![1];
  const unseen = cells.flatMap(([before, now]) => (before === 0 ? [now] : []));
  let threshold = rarest + 1;
  for (const now of unseen.toSorted((a, b) => a - b)) if (now < threshold) threshold = now + rarest + 1;
  const currentRows = total(cells, 1);
  const frequent = cells.flatMap(([before, now]): Cell[] => {
    if (before + now < threshold) return [];
    if (before > 0) return [[before, now]];
    // Its rows in the reference are unknown: of the possible numbers, the one closest to no drift.
    const most = Math.min(rarest, unlisted, Math.round((now * rows) / currentRows));
    unlisted -= most;
    return [[most, now]];
  });
  return [...frequent, [rows - total(frequent, 0), currentRows - total(frequent, 1)]];
}

/** With fewer values on either side, tests find only extreme shifts and a single odd row can decide. */
const MINIMUM_ROWS = 20;

/**
 * A significant p-value is drift only if PSI is at least this: otherwise every tiny shift in a million rows would raise an
 * alarm. Not the Wasserstein distance, because one outlier inflates the deviation that it is divided by.
 */
const MINIMUM_PSI = 0.1;

export interface CalibratedOptions {
  /** Expected share of false alarms among all alarms of a family (false discovery rate); default 0.05. */
  readonly alpha?: number;
  readonly minimumRows?: number;
}

/**
 * Numbers: Kolmogorov–Smirnov. Categories: two-sample chi-square with rare ones pooled. p-values are adjusted over
 * `columns` as one family (Benjamini–Hochberg). Dates are skipped unless a test is configured, because later rows
 * always have later dates.
 * @throws {MlctlError} kind "usage": unknown test, or a test that does not work on the column
 */
export function calibratedDrift(compared: readonly ComparedColumn[], options: CalibratedOptions = {}): ColumnDrift[] {
  const columns = compared.map((column) => compare(column, options));
  const family = columns.filter(({ measure, skipped }) => measure === "p_value" && skipped === undefined);
  const pValues = benjaminiHochberg(family.map(({ value }) => value));
  return columns.map((column) => {
    if (column.skipped !== undefined) return column;
    if (column.measure === "distance") return { ...column, drifted: column.value >= column.limit };
    const value = pValues[family.indexOf(column)]!;
    const psi = column.psi ?? 0;
    if (value >= column.limit || psi >= MINIMUM_PSI) return { ...column, value, drifted: value < column.limit };
    return { ...column, value, drifted: false, note: `significant but small: psi below ${MINIMUM_PSI}` };
  });
}

function compare({ name, reference, column, override }: ComparedColumn, options: CalibratedOptions): ColumnDrift {
  const usual = reference.kind === "category" ? driftTests.chi_square : driftTests.ks;
  const test = override.test === undefined ? usual : findDriftTest(override.test, name);
  const limit = override.limit ?? (test.measure === "p_value" ? (options.alpha ?? test.limit) : test.limit);
  const untested = untestedColumn(test, limit);
  if (test.input === "values" && reference.kind === "category") throw unsuitable(name, test);
  const datesSkipped =
    reference.kind === "date" && override.test === undefined ? "dates always increase over time" : null;
  const skipped = datesSkipped ?? reasonToSkip(reference, column, options.minimumRows ?? MINIMUM_ROWS);
  if (skipped !== null || column === undefined) return { ...untested, skipped: skipped ?? "absent" };
  const sides = sidesOf(reference, column);
  const result = compareSides(test, sides);
  if (typeof result === "string") return { ...untested, skipped: result };
  return { ...untested, ...result, psi: stabilityIndex(sides) };
}
