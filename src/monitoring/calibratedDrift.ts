/** The calibrated rules: two-sample tests with p-values adjusted over the columns, and a minimum effect size. */
import type { ColumnDrift } from "../core/records/drift.ts";
import { benjaminiHochberg } from "../drift/benjaminiHochberg.ts";
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
 *
 * @throws {MlctlError} kind "usage": unknown test, or a test that does not work on the column
 */
export function calibratedDrift(columns: readonly ComparedColumn[], options: CalibratedOptions = {}): ColumnDrift[] {
  return adjusted(columns.map((column) => compare(column, options)));
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
    return { ...column, value, drifted: false, note: `significant but small: psi below ${MINIMUM_PSI}` };
  });
}
