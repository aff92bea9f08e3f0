/** Drift tests as Evidently computes them, with its traps, by our names for them. */
import type { DriftResult } from "../../drift/driftTest.ts";
import { driftTests, type DriftTestName } from "../../drift/index.ts";
import { mannWhitney } from "../../drift/mannWhitney.ts";
import { wassersteinDistance } from "../../drift/wassersteinDistance.ts";
import { chiSquareSurvival } from "../../stats/distributions/chiSquareSurvival.ts";
import { standardDeviation } from "../../stats/standardDeviation.ts";
import type { Side } from "../compareColumn.ts";
import { filledShares, sturgesCounts } from "./evidentlyShares.ts";

export interface EvidentlySides {
  /** A column of numbers that Evidently takes for numbers; few whole ones are categories to it. */
  readonly isNumerical: boolean;
  /** Null for texts. */
  readonly values: Side | null;
  /** Rows by value, smallest value first. */
  readonly counts: Side;
}

export interface EvidentlyTest {
  readonly measure: "p_value" | "distance";
  readonly limit: number;
  /** Whether a value that is equal to the limit is drift. */
  readonly inclusive: boolean;
  /** Values needed on each side. */
  readonly leastRows: number;
  readonly compare: (sides: EvidentlySides) => DriftResult;
}

/** More distinct values in the reference than this are put into bins. */
const MOST_CELLS = 20;

/** The scale of a Wasserstein distance is at least this. */
const LEAST_DEVIATION = 0.001;

const pValue = { measure: "p_value", limit: 0.05, inclusive: false, leastRows: 1 } as const;
const atLeast = { measure: "distance", limit: 0.1, inclusive: true, leastRows: 1 } as const;

/** Limits and comparisons are Evidently's defaults: registry.py and each test's file in its legacy/calculations/stattests. */
export const evidentlyTests: Readonly<Record<DriftTestName, EvidentlyTest>> = {
  ks: { ...pValue, inclusive: true, compare: onValues(driftTests.ks.compare) },
  chi_square: { ...pValue, compare: ({ counts }) => goodnessOfFit(counts) },
  z_test: { ...pValue, compare: ({ counts }) => driftTests.z_test.compare(counts.reference, counts.current) },
  mann_whitney: {
    ...pValue,
    // One-sided: only a current sample that lies higher is found.
    compare: onValues((reference, current) => {
      const { statistic, pValue: value } = mannWhitney(reference, current, "less");
      return { statistic, value };
    }),
  },
  anderson_darling: { ...pValue, limit: 0.1, leastRows: 2, compare: onValues(driftTests.anderson_darling.compare) },
  cramer_von_mises: {
    ...pValue,
    limit: 0.1,
    inclusive: true,
    leastRows: 2,
    compare: onValues(driftTests.cramer_von_mises.compare),
  },
  wasserstein: {
    ...atLeast,
    compare: onValues((reference, current) => {
      const scale = Math.max(standardDeviation(reference, { ddof: 0 }), LEAST_DEVIATION);
      return distance(wassersteinDistance(reference, current) / scale);
    }),
  },
  energy: { ...atLeast, inclusive: false, compare: onValues(driftTests.energy.compare) },
  jensen_shannon: { ...atLeast, compare: onShares(driftTests.jensen_shannon.compare) },
  psi: { ...atLeast, compare: onShares((reference, current) => stabilityIndex(reference, current)) },
  kullback_leibler: {
    ...atLeast,
    compare: onShares((reference, current) =>
      driftTests.kullback_leibler.compare(filledShares(reference), filledShares(current)),
    ),
  },
  hellinger: { ...atLeast, compare: hellinger },
  // Evidently's TVD is a p-value of 100 random permutations; the distance itself is what can be told again.
  total_variation: { ...atLeast, compare: onShares(driftTests.total_variation.compare) },
};

/** One-sample: the reference's counts are taken for the truth, so that it alarms too often. A new value makes p 0. */
function goodnessOfFit({ reference, current }: Side): DriftResult {
  const scale = total(current) / total(reference);
  const statistic = current.reduce((sum, rows, i) => {
    const expected = reference[i]! * scale;
    return sum + (rows === expected ? 0 : (rows - expected) ** 2 / expected);
  }, 0);
  // SciPy has no answer for one cell; it is the same on both sides.
  if (current.length === 1) return { statistic, value: 1 };
  return { statistic, value: chiSquareSurvival(statistic, current.length - 1) };
}

/** Shares are not normed again after empty cells were filled. */
function stabilityIndex(reference: Float64Array, current: Float64Array): DriftResult {
  const [p, q] = [filledShares(reference), filledShares(current)];
  return distance(p.reduce((sum, share, i) => sum + (share - q[i]!) * Math.log(share / q[i]!), 0));
}

/** In bins by the number of distinct values, where all other distances count rows. */
function hellinger({ isNumerical, values, counts }: EvidentlySides): DriftResult {
  const side = isNumerical && values !== null ? sturgesCounts(values, counts.reference.length) : counts;
  return driftTests.hellinger.compare(side.reference, side.current);
}

function onShares(compare: (reference: Float64Array, current: Float64Array) => DriftResult): EvidentlyTest["compare"] {
  return ({ isNumerical, values, counts }) => {
    const distinct = counts.reference.reduce((sum, rows) => sum + (rows > 0 ? 1 : 0), 0);
    const isBinned = isNumerical && values !== null && distinct > MOST_CELLS;
    const side = isBinned ? sturgesCounts(values, values.reference.length + values.current.length) : counts;
    return compare(side.reference, side.current);
  };
}

function onValues(compare: (reference: Float64Array, current: Float64Array) => DriftResult): EvidentlyTest["compare"] {
  return ({ values }) => {
    if (values === null) throw new TypeError("a test of numbers for a column of texts");
    return compare(values.reference, values.current);
  };
}

function distance(value: number): DriftResult {
  return { statistic: value, value };
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
