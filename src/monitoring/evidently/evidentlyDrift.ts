/** Evidently's default rules: which test it chooses for a column, and when the result is drift. */
import type { ColumnDrift } from "../../core/records/monitoring.ts";
import type { ColumnReference } from "../../core/records/model.ts";
import type { DriftTest, DriftResult } from "../../drift/driftTest.ts";
import { findDriftTest, unsuitable } from "../../drift/findDriftTest.ts";
import { driftTests, type DriftTestName } from "../../drift/index.ts";
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
import { mannWhitney } from "../../drift/mannWhitney.ts";
import { wassersteinDistance } from "../../drift/wassersteinDistance.ts";
import { chiSquareSurvival } from "../../stats/distributions.ts";
import { standardDeviation, extentOf } from "../../stats/descriptive.ts";

/** Up to this many reference rows Evidently uses p-values, above it distances. The size of the batch does not matter. */
const MAXIMUM_REFERENCE_FOR_P_VALUES = 1000;
/** Numbers with at most this many distinct values are tested like categories; integers with at most MAXIMUM_CODES are. */
const FEW_VALUES = 5;
const MAXIMUM_CODES = 10;
/** A text column with a larger share of distinct values counts as free text. */
const FREE_TEXT_SHARE = 0.5;

/**
 * Tests a column on its own, with any number of rows, without adjusting p-values and without a minimum effect size.
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

function defaultTest(referenceRows: number, { isNumerical, counts }: EvidentlySides): DriftTest {
  const distinct = counts.reference.length;
  const isFew = !isNumerical || distinct <= FEW_VALUES;
  if (referenceRows > MAXIMUM_REFERENCE_FOR_P_VALUES) return isFew ? driftTests.jensen_shannon : driftTests.wasserstein;
  if (!isFew) return driftTests.ks;
  return distinct > 2 ? driftTests.chi_square : driftTests.z_test;
}

function evidentlySides({ reference, column }: ComparedColumn): EvidentlySides {
  if (reference.kind === "category" && column?.kind === "category") {
    // Categories that the reference did not keep share one cell.
    const notKept = reference.count - reference.counts.reduce((sum, [, count]) => sum + count, 0);
    const cells = cellsByName(reference, column);
    return { isNumerical: false, values: null, counts: sideOf(notKept > 0 ? [...cells, [notKept, 0]] : cells) };
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

export interface EvidentlySides {
  /** Integers with few distinct values are categories. */
  readonly isNumerical: boolean;
  readonly values: Side | null;
  /** Row counts by value, in ascending order. */
  readonly counts: Side;
}

interface EvidentlyTest extends Pick<DriftTest, "measure" | "limit"> {
  /** Whether a value equal to the limit counts as drift. */
  readonly inclusive: boolean;
  readonly leastRows: number;
  readonly compare: (sides: EvidentlySides) => DriftResult;
}

/** Numbers with more distinct values in the reference are binned. */
const MAXIMUM_CELLS = 20;

/** Minimum of the standard deviation that a Wasserstein distance is divided by. */
const MINIMUM_DEVIATION = 0.001;

/** Where Evidently's defaults differ from the usual ones: registry.py and the file of each test in legacy/calculations/stattests. */
const differences: Readonly<Partial<Record<DriftTestName, Partial<EvidentlyTest>>>> = {
  ks: { inclusive: true },
  chi_square: { compare: ({ counts }) => goodnessOfFit(counts) },
  z_test: { compare: ({ counts }) => driftTests.z_test.compare(counts.reference, counts.current) },
  mann_whitney: {
    // One-sided: finds only shifts to larger values.
    compare: onValues((reference, current) => {
      const { statistic, pValue: value } = mannWhitney(reference, current, "less");
      return { statistic, value };
    }),
  },
  anderson_darling: { limit: 0.1, leastRows: 2 },
  cramer_von_mises: { limit: 0.1, inclusive: true, leastRows: 2 },
  wasserstein: {
    compare: onValues((reference, current) => {
      const scale = Math.max(standardDeviation(reference, { ddof: 0 }), MINIMUM_DEVIATION);
      return distance(wassersteinDistance(reference, current) / scale);
    }),
  },
  energy: { inclusive: false },
  psi: {
    compare: onShares((reference, current) => evidentlyStability(filledShares(reference), filledShares(current))),
  },
  kullback_leibler: {
    compare: onShares((a, b) => driftTests.kullback_leibler.compare(filledShares(a), filledShares(b))),
  },
  hellinger: { compare: hellinger },
  // Evidently's total_variation is a p-value of 100 random permutations; only the distance itself is reproducible.
};

/** The test as Evidently computes it; one that Evidently does not have compares the same rows as the others. */
export function evidentlyTest({ name, input, measure, limit, compare }: DriftTest): EvidentlyTest {
  return {
    measure,
    limit,
    inclusive: measure === "distance",
    leastRows: 1,
    compare: input === "values" ? onValues(compare) : onShares(compare),
    ...differences[name as DriftTestName],
  };
}

/** One-sample test: takes the reference's shares as exact, so it alarms too often. A new category makes p 0. */
function goodnessOfFit({ reference, current }: Side): DriftResult {
  const scale = total(current) / total(reference);
  const statistic = current.reduce((sum, rows, i) => {
    const expected = reference[i]! * scale;
    return sum + (rows === expected ? 0 : (rows - expected) ** 2 / expected);
  }, 0);
  // A single cell is the same on both sides; SciPy has no p-value for it.
  if (current.length === 1) return { statistic, value: 1 };
  return { statistic, value: chiSquareSurvival(statistic, current.length - 1) };
}

/** As in Evidently, shares are not normalized again after empty cells were filled. */
function evidentlyStability(p: Float64Array, q: Float64Array): DriftResult {
  return distance(p.reduce((sum, share, i) => sum + (share - q[i]!) * Math.log(share / q[i]!), 0));
}

/** The number of bins depends on the number of distinct values, unlike in all other distances, where it depends on the rows. */
function hellinger({ isNumerical, values, counts }: EvidentlySides): DriftResult {
  const side = isNumerical && values !== null ? sturgesCounts(values, counts.reference.length) : counts;
  return driftTests.hellinger.compare(side.reference, side.current);
}

function onShares(compare: DriftTest["compare"]): EvidentlyTest["compare"] {
  return ({ isNumerical, values, counts }) => {
    const distinct = counts.reference.reduce((sum, rows) => sum + (rows > 0 ? 1 : 0), 0);
    const isBinned = isNumerical && values !== null && distinct > MAXIMUM_CELLS;
    const side = isBinned ? sturgesCounts(values, values.reference.length + values.current.length) : counts;
    return compare(side.reference, side.current);
  };
}

function onValues(compare: DriftTest["compare"]): EvidentlyTest["compare"] {
  return ({ values }) => {
    if (values === null) throw new TypeError("a test of numbers for a text column");
    return compare(values.reference, values.current);
  };
}

function distance(value: number): DriftResult {
  return { statistic: value, value };
}

/**
 * Counts in bins of equal width over both samples; the number of bins follows Sturges' rule for `size` values. Equals
 * numpy.histogram_bin_edges(…, bins="sturges") and numpy.histogram to the last bit. The last bin is closed.
 */
function sturgesCounts({ reference, current }: Side, size: number): Side {
  const [a, b] = [extentOf(reference), extentOf(current)];
  let [first, last] = [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
  const width = (last - first) / (Math.log2(size) + 1);
  const bins = width > 0 ? Math.ceil((last - first) / width) : 1;
  if (first === last) [first, last] = [first - 0.5, last + 0.5];
  const step = (last - first) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? last : i * step + first));
  return { reference: countIn(reference, edges, step), current: countIn(current, edges, step) };
}

function countIn(values: Float64Array, edges: Float64Array, step: number): Float64Array {
  const bins = edges.length - 1;
  const counts = new Float64Array(bins);
  for (const value of values) {
    // The quotient may be off by a rounding error, so compare with the edges.
    let bin = Math.min(bins - 1, Math.max(0, Math.floor((value - edges[0]!) / step)));
    while (bin > 0 && value < edges[bin]!) bin--;
    while (bin < bins - 1 && value >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return counts;
}

/** Shares with empty cells filled: with 1e-4, or a millionth of the smallest share if that is at most 1e-4. */
function filledShares(counts: Float64Array): Float64Array {
  const rows = total(counts);
  const shares = counts.map((count) => count / rows);
  const smallest = shares.reduce((least, share) => (share > 0 ? Math.min(least, share) : least), Infinity);
  const filler = smallest <= 1e-4 ? smallest / 1e6 : 1e-4;
  return shares.map((share) => (share === 0 ? filler : share));
}
