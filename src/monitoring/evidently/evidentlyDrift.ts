/** Evidently's default rules: which test it chooses for a column, and when the result is drift. */
import type { ColumnDrift } from "../../core/records/drift.ts";
import type { CategoryReference, ColumnReference } from "../../core/records/reference.ts";
import type { CategoryColumn } from "../../core/table/table.ts";
import type { DriftTest } from "../../drift/driftTest.ts";
import { findDriftTest, unsuitable } from "../../drift/findDriftTest.ts";
import { driftTests } from "../../drift/index.ts";
import { total } from "../../drift/sharesOf.ts";
import {
  cellsByName,
  reasonToSkip,
  sideOf,
  sidesOf,
  stabilityIndex,
  untestedColumn,
  valueCounts,
  type ComparedColumn,
  type Side,
} from "../compareColumn.ts";
import { evidentlyTest, type EvidentlySides } from "./evidentlyTests.ts";

/** Up to this many reference rows Evidently uses p-values, above it distances. The size of the batch does not matter. */
const MAXIMUM_REFERENCE_FOR_P_VALUES = 1000;

/** A column of numbers with at most this many distinct values is tested like categories. */
const FEW_VALUES = 5;

/** A column of integers with at most this many distinct values counts as categories. */
const MAXIMUM_CODES = 10;

/** A text column counts as free text, not as categories, if more than this share of its values is distinct. */
const FREE_TEXT_SHARE = 0.5;

/**
 * Tests a column on its own, with any number of rows, without adjusting p-values and without a minimum effect size.
 *
 * @throws {MlctlError} kind "usage": unknown test, or a test that does not work on the column
 */
export function evidentlyDrift(compared: ComparedColumn): ColumnDrift {
  const { name, reference, column, override } = compared;
  const wanted = override.test === undefined ? null : findDriftTest(override.test, name);
  if (wanted?.input === "values" && reference.kind === "category") throw unsuitable(name, wanted);
  const skipped = untestable(reference, wanted === null) ?? reasonToSkip(reference, column, 1);
  if (skipped !== null || column === undefined) {
    const test = wanted ?? (reference.kind === "category" ? driftTests.chi_square : driftTests.ks);
    return { ...untestedColumn(test, override.limit ?? test.limit), skipped: skipped ?? "absent" };
  }
  const sides = evidentlySides(compared);
  const test = wanted ?? defaultTest(reference.count, sides);
  const { measure, limit: defaultLimit, inclusive, leastRows, compare } = evidentlyTest(test);
  const limit = override.limit ?? defaultLimit;
  const untested = untestedColumn(test, limit);
  const rows = Math.min(total(sides.counts.reference), total(sides.counts.current));
  if (rows < leastRows) return { ...untested, skipped: `${rows} values, at least ${leastRows} are needed` };
  const { statistic, value } = compare(sides);
  const isBeyond = measure === "p_value" ? value < limit : value > limit;
  const drifted = isBeyond || (inclusive && value === limit);
  return { ...untested, statistic, value, psi: stabilityIndex(sidesOf(reference, column)), drifted };
}

/** Columns that Evidently skips (dates), or tests with a text classifier that is not implemented here. */
function untestable(reference: ColumnReference, isDefault: boolean): string | null {
  if (reference.kind === "date" && isDefault) return "dates are not tested";
  if (reference.kind !== "category" || !isDefault || reference.count === 0) return null;
  return reference.counts.length > reference.count * FREE_TEXT_SHARE
    ? "free text (most values are distinct): Evidently's text classifier is not implemented"
    : null;
}

/** Evidently's choice. */
function defaultTest(referenceRows: number, { isNumerical, counts }: EvidentlySides): DriftTest {
  const distinct = counts.reference.length;
  const isFew = !isNumerical || distinct <= FEW_VALUES;
  if (referenceRows > MAXIMUM_REFERENCE_FOR_P_VALUES) return isFew ? driftTests.jensen_shannon : driftTests.wasserstein;
  if (!isFew) return driftTests.ks;
  return distinct > 2 ? driftTests.chi_square : driftTests.z_test;
}

function evidentlySides({ reference, column }: ComparedColumn): EvidentlySides {
  if (reference.kind === "category" && column?.kind === "category") {
    return { isNumerical: false, values: null, counts: textCounts(reference, column) };
  }
  const { values } = sidesOf(reference, column!);
  if (values === null) throw new TypeError("a column of numbers must have values");
  const counts = valueCounts(values);
  const distinct = counts.reference.reduce((sum, rows) => sum + (rows > 0 ? 1 : 0), 0);
  const isCode =
    reference.kind === "number" &&
    reference.missing === 0 &&
    distinct <= MAXIMUM_CODES &&
    values.reference.every((value) => Number.isInteger(value));
  return { isNumerical: !isCode, values, counts };
}

/** Row counts by category of either side, sorted by name; categories that the reference did not keep share one cell. */
function textCounts(reference: CategoryReference, column: CategoryColumn): Side {
  const notKept = reference.count - reference.counts.reduce((sum, [, count]) => sum + count, 0);
  const cells = cellsByName(reference, column);
  return sideOf(notKept > 0 ? [...cells, [notKept, 0]] : cells);
}
