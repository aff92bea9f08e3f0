/** The calibrated rules: two-sample tests with p-values adjusted over the columns, and a minimum effect size. */
import type { ColumnDrift } from "../core/records/drift.ts";
import { benjaminiHochberg } from "../drift/benjaminiHochberg.ts";
import type { DriftTest } from "../drift/driftTest.ts";
import { findDriftTest, unsuitable } from "../drift/findDriftTest.ts";
import { driftTests } from "../drift/index.ts";
import {
  compareSides,
  reasonToSkip,
  sidesOf,
  stabilityIndex,
  untestedColumn,
  type ComparedColumn,
} from "./compareColumn.ts";

/** With fewer values on either side, tests find only extreme shifts and a single odd row can decide. */
const MINIMUM_ROWS = 20;

/**
 * A significant p-value counts as drift only if the population stability index is at least this ("no longer stable");
 * otherwise every tiny shift in a million rows would raise an alarm. PSI instead of the Wasserstein distance, because
 * one outlier in training inflates the standard deviation that the latter is divided by and hides a shift. PSI is
 * biased upwards in small batches (by 0.1 for ten bins and 100 rows), so the minimum has little effect there; but in
 * small batches a significant p-value is hard to reach anyway.
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
 *
 * @returns in the same order as `columns`
 * @throws {MlctlError} kind "usage": unknown test, or a test that does not work on the column
 */
export function calibratedDrift(columns: readonly ComparedColumn[], options: CalibratedOptions = {}): ColumnDrift[] {
  return adjusted(columns.map((column) => compare(column, options)));
}

/** Compares one column, before p-values are adjusted. */
function compare({ name, reference, column, override }: ComparedColumn, options: CalibratedOptions): ColumnDrift {
  const test = override.test === undefined ? defaultTest(reference.kind) : findDriftTest(override.test, name);
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

function defaultTest(kind: ComparedColumn["reference"]["kind"]): DriftTest {
  return kind === "category" ? driftTests.chi_square : driftTests.ks;
}

/** Adjusts the p-values of one family together and decides which columns drifted. */
function adjusted(columns: readonly ColumnDrift[]): ColumnDrift[] {
  const family = columns.filter(({ measure, skipped }) => measure === "p_value" && skipped === undefined);
  const positions = new Map(family.map((column, i) => [column, i]));
  const pValues = benjaminiHochberg(family.map(({ value }) => value));
  return columns.map((column) => {
    if (column.skipped !== undefined) return column;
    if (column.measure === "distance") return { ...column, drifted: column.value >= column.limit };
    const value = pValues[positions.get(column)!]!;
    const psi = column.psi ?? 0;
    if (value >= column.limit || psi >= MINIMUM_PSI) return { ...column, value, drifted: value < column.limit };
    const note = `significant but small: psi below ${MINIMUM_PSI}`;
    return { ...column, value, drifted: false, note };
  });
}
