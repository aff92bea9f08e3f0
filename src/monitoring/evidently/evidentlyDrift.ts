/** Evidently's rules, exactly: which test it takes for a column, and when that is drift. */
import type { ColumnDrift } from "../../core/records/drift.ts";
import type { CategoryReference, ColumnReference } from "../../core/records/reference.ts";
import type { CategoryColumn } from "../../core/table/table.ts";
import { driftTests, type DriftTestName } from "../../drift/index.ts";
import {
  reasonToSkip,
  sidesOf,
  stabilityIndex,
  untestedColumn,
  valueCounts,
  type ComparedColumn,
  type Side,
} from "../compareColumn.ts";
import { driftTestNamed, unsuitable } from "../driftTestNamed.ts";
import { evidentlyTests, type EvidentlySides } from "./evidentlyTests.ts";

/** Up to this many rows in the reference p-values decide, above it distances: the batch's size has no say. */
const LARGEST_TESTED_REFERENCE = 1000;

/** Numbers of at most this many distinct values are tested as categories are. */
const FEW_VALUES = 5;

/** Whole numbers of at most this many distinct values are categories. */
const MOST_CODES = 10;

/** Texts are no categories where more than this share of them is distinct. */
const TEXT_SHARE = 0.5;

/**
 * Every column by itself, at any number of rows, without adjustment and without regard to the size of the effect.
 *
 * @throws {MlctlError} kind "usage": a test that does not exist or does not suit the column
 */
export function evidentlyDrift(compared: ComparedColumn): ColumnDrift {
  const { name, reference, column, override } = compared;
  const wanted = override.test === undefined ? null : driftTestNamed(override.test, name);
  if (wanted?.input === "values" && reference.kind === "category") throw unsuitable(name, wanted, reference.kind);
  const skipped = untestable(reference, wanted === null) ?? reasonToSkip(reference, column, 1);
  if (skipped !== null || column === undefined) {
    const test = wanted ?? (reference.kind === "category" ? driftTests.chi_square : driftTests.ks);
    return { ...untestedColumn(test, override.limit ?? test.limit), skipped: skipped ?? "absent" };
  }
  const sides = evidentlySides(compared);
  const test = wanted?.name ?? usualTest(reference.count, sides);
  const { measure, limit: usualLimit, inclusive, leastRows, compare } = evidentlyTests[test];
  const limit = override.limit ?? usualLimit;
  const untested = untestedColumn({ name: test, measure }, limit);
  const rows = Math.min(total(sides.counts.reference), total(sides.counts.current));
  if (rows < leastRows) return { ...untested, skipped: `${rows} values, at least ${leastRows} are needed` };
  const { statistic, value } = compare(sides);
  const isBeyond = measure === "p_value" ? value < limit : value > limit;
  const drifted = isBeyond || (inclusive && value === limit);
  return { ...untested, statistic, value, psi: stabilityIndex(sidesOf(reference, column)), drifted };
}

/** What Evidently tests not at all, or by chance. */
function untestable(reference: ColumnReference, isUsual: boolean): string | null {
  if (reference.kind === "date" && isUsual) return "dates are not tested";
  if (reference.kind !== "category" || !isUsual || reference.count === 0) return null;
  return reference.counts.length > reference.count * TEXT_SHARE
    ? "free text: most values are distinct, and a classifier of texts is not part of these rules here"
    : null;
}

function usualTest(referenceRows: number, { isNumerical, counts }: EvidentlySides): DriftTestName {
  const distinct = counts.reference.length;
  const isFew = !isNumerical || distinct <= FEW_VALUES;
  if (referenceRows > LARGEST_TESTED_REFERENCE) return isFew ? "jensen_shannon" : "wasserstein";
  if (!isFew) return "ks";
  return distinct > 2 ? "chi_square" : "z_test";
}

function evidentlySides({ reference, column }: ComparedColumn): EvidentlySides {
  if (reference.kind === "category" && column?.kind === "category") {
    return { isNumerical: false, values: null, counts: textCounts(reference, column) };
  }
  const { values } = sidesOf(reference, column!);
  if (values === null) throw new TypeError("numbers have values");
  const counts = valueCounts(values);
  const distinct = counts.reference.reduce((sum, rows) => sum + (rows > 0 ? 1 : 0), 0);
  const isCode =
    reference.kind === "number" &&
    reference.missing === 0 &&
    distinct <= MOST_CODES &&
    values.reference.every((value) => Number.isInteger(value));
  return { isNumerical: !isCode, values, counts };
}

/** Rows by category of either side, sorted as texts; what the reference did not keep is one more. */
function textCounts(reference: CategoryReference, { codes, categories }: CategoryColumn): Side {
  const rows = new Map<string, [number, number]>();
  for (const [category, count] of reference.counts) rows.set(category, [count, 0]);
  const current = new Float64Array(categories.length);
  for (const code of codes) if (code >= 0) current[code]!++;
  categories.forEach((category, code) => {
    const count = current[code]!;
    if (count > 0) rows.set(category, [rows.get(category)?.[0] ?? 0, count]);
  });
  const cells = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
  const unkept = reference.count - reference.counts.reduce((sum, [, count]) => sum + count, 0);
  if (unkept > 0) cells.push([unkept, 0]);
  return { reference: Float64Array.from(cells, ([a]) => a), current: Float64Array.from(cells, ([, b]) => b) };
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
