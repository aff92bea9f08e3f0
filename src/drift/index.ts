/** Registry of drift tests, by their names in config.json and --json. */
import { presentValues, standardDeviation } from "../stats/descriptive.ts";
import { andersonDarling } from "./andersonDarling.ts";
import { chiSquare } from "./chiSquare.ts";
import { cramerVonMises } from "./cramerVonMises.ts";
import type { DriftResult, DriftTest, TestResult } from "./driftTest.ts";
import { kolmogorovSmirnov } from "./kolmogorovSmirnov.ts";
import { mannWhitney } from "./mannWhitney.ts";
import {
  hellingerDistance,
  jensenShannonDistance,
  kullbackLeiblerDivergence,
  populationStabilityIndex,
  totalVariationDistance,
} from "./shareDistances.ts";
import { energyDistance, wassersteinDistance } from "./wassersteinDistance.ts";
import { zTest } from "./zTest.ts";

/** Categories with fewer expected rows on either side are pooled. */
const LEAST_EXPECTED = 5;

const ALPHA = 0.05;

export const driftTests = {
  ks: pValueTest("ks", "Kolmogorov–Smirnov", "values", kolmogorovSmirnov),
  mann_whitney: pValueTest("mann_whitney", "Mann–Whitney U", "values", mannWhitney, { evidentlyName: "mannw" }),
  cramer_von_mises: pValueTest("cramer_von_mises", "Cramér–von Mises", "values", cramerVonMises, {
    needsDistinct: true,
  }),
  anderson_darling: pValueTest("anderson_darling", "Anderson–Darling", "values", andersonDarling, {
    evidentlyName: "anderson",
  }),
  chi_square: pValueTest("chi_square", "chi-square", "counts", pooledChiSquare, { evidentlyName: "chisquare" }),
  z_test: pValueTest("z_test", "z-test of proportions", "counts", zTest, { mostCategories: 2, evidentlyName: "z" }),
  wasserstein: distance("wasserstein", "Wasserstein", "values", standardizedWasserstein, { isAsymmetric: true }),
  energy: distance("energy", "energy", "values", energyDistance, { evidentlyName: "ed" }),
  psi: distance("psi", "PSI", "counts", populationStabilityIndex),
  jensen_shannon: distance("jensen_shannon", "Jensen–Shannon", "counts", jensenShannonDistance, {
    evidentlyName: "jensenshannon",
  }),
  kullback_leibler: distance("kullback_leibler", "Kullback–Leibler", "counts", kullbackLeiblerDivergence, {
    isAsymmetric: true,
    evidentlyName: "kl_div",
  }),
  hellinger: distance("hellinger", "hellinger", "counts", hellingerDistance),
  total_variation: distance("total_variation", "total variation", "counts", totalVariationDistance),
} satisfies Record<string, DriftTest>;

export type DriftTestName = keyof typeof driftTests;

type Input = DriftTest["input"];
type More = Pick<DriftTest, "evidentlyName" | "mostCategories" | "isAsymmetric" | "needsDistinct">;
type Compare<Result> = (reference: Float64Array, current: Float64Array) => Result;

function pooledChiSquare(reference: Float64Array, current: Float64Array): TestResult {
  return chiSquare(reference, current, { leastExpected: LEAST_EXPECTED });
}

/** For a constant reference the standard deviation is 0: any difference gives an infinite distance. */
function standardizedWasserstein(reference: Float64Array, current: Float64Array): number {
  const moved = wassersteinDistance(reference, current);
  return moved === 0 ? 0 : moved / standardDeviation(reference, { ddof: 0 });
}

function pValueTest(name: string, label: string, input: Input, test: Compare<TestResult>, more: More = {}): DriftTest {
  const compare = onPresent(input, (reference, current) => {
    const { statistic, pValue } = test(reference, current);
    return { statistic, value: pValue };
  });
  return { name, label, input, measure: "p_value", limit: ALPHA, compare, ...more };
}

function distance(name: string, label: string, input: Input, distanceOf: Compare<number>, more: More = {}): DriftTest {
  const compare = onPresent(input, (reference, current) => {
    const value = distanceOf(reference, current);
    return { statistic: value, value };
  });
  return { name, label, input, measure: "distance", limit: 0.1, compare, ...more };
}

/** Values without missing and infinite ones; counts as they are. */
function onPresent(input: Input, compare: Compare<DriftResult>): Compare<DriftResult> {
  if (input === "counts") return compare;
  return (reference, current) => compare(presentValues(reference), presentValues(current));
}
