/** Registry of drift tests, by their names in config.json and --json. */
import { presentValues } from "../stats/presentValues.ts";
import { standardDeviation } from "../stats/standardDeviation.ts";
import { andersonDarling } from "./andersonDarling.ts";
import { chiSquare } from "./chiSquare.ts";
import { cramerVonMises } from "./cramerVonMises.ts";
import type { DriftResult, DriftTest } from "./driftTest.ts";
import { energyDistance } from "./energyDistance.ts";
import { hellingerDistance } from "./hellingerDistance.ts";
import { jensenShannonDistance } from "./jensenShannonDistance.ts";
import { kolmogorovSmirnov } from "./kolmogorovSmirnov.ts";
import { kullbackLeiblerDivergence } from "./kullbackLeiblerDivergence.ts";
import { mannWhitney } from "./mannWhitney.ts";
import { populationStabilityIndex } from "./populationStabilityIndex.ts";
import { totalVariationDistance } from "./totalVariationDistance.ts";
import { wassersteinDistance } from "./wassersteinDistance.ts";
import { zTest } from "./zTest.ts";

/** Categories with fewer expected rows on either side are pooled. */
const LEAST_EXPECTED = 5;

/** Default limit of p-values. */
const ALPHA = 0.05;

export const driftTests = {
  ks: valuesTest("ks", "Kolmogorov–Smirnov", kolmogorovSmirnov),
  mann_whitney: { ...valuesTest("mann_whitney", "Mann–Whitney U", mannWhitney), evidentlyName: "mannw" },
  cramer_von_mises: { ...valuesTest("cramer_von_mises", "Cramér–von Mises", cramerVonMises), needsDistinct: true },
  anderson_darling: {
    ...valuesTest("anderson_darling", "Anderson–Darling", andersonDarling),
    evidentlyName: "anderson",
  },
  chi_square: {
    name: "chi_square",
    label: "chi-square",
    evidentlyName: "chisquare",
    input: "counts",
    measure: "p_value",
    limit: ALPHA,
    compare: (reference, current) => {
      const { statistic, pValue } = chiSquare(reference, current, { leastExpected: LEAST_EXPECTED });
      return { statistic, value: pValue };
    },
  },
  z_test: {
    name: "z_test",
    label: "z-test of proportions",
    evidentlyName: "z",
    input: "counts",
    measure: "p_value",
    limit: ALPHA,
    mostCategories: 2,
    compare: (reference, current) => {
      const { statistic, pValue } = zTest(reference, current);
      return { statistic, value: pValue };
    },
  },
  /** In standard deviations of the reference. */
  wasserstein: {
    name: "wasserstein",
    label: "Wasserstein",
    isAsymmetric: true,
    input: "values",
    measure: "distance",
    limit: 0.1,
    compare: onPresent((reference, current) => {
      // For a constant reference the standard deviation is 0: any difference gives an infinite distance.
      const moved = wassersteinDistance(reference, current);
      return distance(moved === 0 ? 0 : moved / standardDeviation(reference, { ddof: 0 }));
    }),
  },
  energy: {
    name: "energy",
    label: "energy",
    evidentlyName: "ed",
    input: "values",
    measure: "distance",
    limit: 0.1,
    compare: onPresent((reference, current) => distance(energyDistance(reference, current))),
  },
  psi: countsTest("psi", "PSI", populationStabilityIndex),
  jensen_shannon: {
    ...countsTest("jensen_shannon", "Jensen–Shannon", jensenShannonDistance),
    evidentlyName: "jensenshannon",
  },
  kullback_leibler: {
    ...countsTest("kullback_leibler", "Kullback–Leibler", kullbackLeiblerDivergence),
    isAsymmetric: true,
    evidentlyName: "kl_div",
  },
  hellinger: countsTest("hellinger", "hellinger", hellingerDistance),
  total_variation: countsTest("total_variation", "total variation", totalVariationDistance),
} satisfies Record<string, DriftTest>;

export type DriftTestName = keyof typeof driftTests;

type Compare = DriftTest["compare"];

function valuesTest(
  name: string,
  label: string,
  test: (reference: Float64Array, current: Float64Array) => { readonly statistic: number; readonly pValue: number },
): DriftTest {
  const compare = onPresent((reference, current) => {
    const { statistic, pValue } = test(reference, current);
    return { statistic, value: pValue };
  });
  return { name, label, input: "values", measure: "p_value", limit: ALPHA, compare };
}

function countsTest(
  name: string,
  label: string,
  measure: (reference: Float64Array, current: Float64Array) => number,
): DriftTest {
  const compare: Compare = (reference, current) => distance(measure(reference, current));
  return { name, label, input: "counts", measure: "distance", limit: 0.1, compare };
}

/** Without missing and infinite values. */
function onPresent(compare: Compare): Compare {
  return (reference, current) => compare(presentValues(reference), presentValues(current));
}

function distance(value: number): DriftResult {
  return { statistic: value, value };
}
