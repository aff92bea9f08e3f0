/** The rules that seldom alarm without cause: two-sample tests, adjusted over the columns, and an effect of some size. */
import type { ColumnDrift } from "../core/records/drift.ts";
import { benjaminiHochberg } from "../drift/benjaminiHochberg.ts";
import type { DriftTest } from "../drift/driftTest.ts";
import { driftTests } from "../drift/index.ts";
import {
  compareSides,
  reasonToSkip,
  sidesOf,
  stabilityIndex,
  untestedColumn,
  type ComparedColumn,
} from "./compareColumn.ts";
import { driftTestNamed, unsuitable } from "./driftTestNamed.ts";

/** With fewer values on a side no test finds less than a landslide, and one odd row decides. */
const MINIMUM_ROWS = 20;

/**
 * A significant p-value drifts only with a population stability index of at least this ("not stable any more"), or in
 * a million rows every trifle would alarm. PSI and not the Wasserstein distance, because one wild value in training
 * inflates the standard deviation that the latter is divided by and blinds it. PSI is biased upwards in small batches
 * (by 0.1 for ten bins and 100 rows): there the floor gives way, but there the p-value is what is hard to reach.
 */
const LEAST_PSI = 0.1;

export interface CalibratedOptions {
  /** Expected share of false alarms among the alarms of a family; 0.05 unless told. */
  readonly alpha?: number;
  readonly minimumRows?: number;
}

/**
 * Numbers: Kolmogorov–Smirnov. Categories: two-sample chi-square with rare ones pooled. p-values are adjusted over
 * `columns` as one family (Benjamini–Hochberg). Dates are skipped, unless a test is named: later rows have later dates.
 *
 * @returns in the same order
 * @throws {MlctlError} kind "usage": a test that does not exist or does not suit the column
 */
export function calibratedDrift(columns: readonly ComparedColumn[], options: CalibratedOptions = {}): ColumnDrift[] {
  return adjusted(columns.map((column) => compare(column, options)));
}

/** The comparison before p-values are adjusted. */
function compare({ name, reference, column, override }: ComparedColumn, options: CalibratedOptions): ColumnDrift {
  const test = override.test === undefined ? usualTest(reference.kind) : driftTestNamed(override.test, name);
  const limit = override.limit ?? (test.measure === "p_value" ? (options.alpha ?? test.limit) : test.limit);
  const untested = untestedColumn(test, limit);
  if (test.input === "values" && reference.kind === "category") throw unsuitable(name, test, reference.kind);
  const aged = reference.kind === "date" && override.test === undefined ? "dates move on with time" : null;
  const skipped = aged ?? reasonToSkip(reference, column, options.minimumRows ?? MINIMUM_ROWS);
  if (skipped !== null || column === undefined) return { ...untested, skipped: skipped ?? "absent" };
  const sides = sidesOf(reference, column);
  const result = compareSides(test, sides);
  if (result === null) throw unsuitable(name, test, reference.kind);
  if (typeof result === "string") return { ...untested, skipped: result };
  return { ...untested, ...result, psi: stabilityIndex(sides) };
}

function usualTest(kind: ComparedColumn["reference"]["kind"]): DriftTest {
  return kind === "category" ? driftTests.chi_square : driftTests.ks;
}

/** Adjusts the p-values of one family together, and gives each column its verdict. */
function adjusted(columns: readonly ColumnDrift[]): ColumnDrift[] {
  const family = columns.filter(({ measure, skipped }) => measure === "p_value" && skipped === undefined);
  const values = new Map(family.map((column, i) => [column, i]));
  const pValues = benjaminiHochberg(family.map(({ value }) => value));
  return columns.map((column) => {
    if (column.skipped !== undefined) return column;
    if (column.measure === "distance") return { ...column, drifted: column.value >= column.limit };
    const value = pValues[values.get(column)!]!;
    const psi = column.psi ?? 0;
    if (value >= column.limit || psi >= LEAST_PSI) return { ...column, value, drifted: value < column.limit };
    const note = `significant but small: psi below ${LEAST_PSI}`;
    return { ...column, value, drifted: false, note };
  });
}
