/** Registry of drift tests: the names are those of config.json and --json. */
import { standardDeviation } from "../stats/standardDeviation.ts";
import { chiSquare } from "./chiSquare.ts";
import type { DriftTest } from "./driftTest.ts";
import { kolmogorovSmirnov } from "./kolmogorovSmirnov.ts";
import { populationStabilityIndex } from "./populationStabilityIndex.ts";
import { wassersteinDistance } from "./wassersteinDistance.ts";

/** Rows expected of a category on either side, at least: rarer ones are pooled. */
const LEAST_EXPECTED = 5;

export const driftTests = {
  ks: {
    name: "ks",
    label: "Kolmogorov–Smirnov",
    input: "values",
    measure: "p_value",
    limit: 0.05,
    compare: (reference, current) => {
      const { statistic, pValue } = kolmogorovSmirnov(reference, current);
      return { statistic, value: pValue };
    },
  },
  chi_square: {
    name: "chi_square",
    label: "chi-square",
    input: "counts",
    measure: "p_value",
    limit: 0.05,
    compare: (reference, current) => {
      const { statistic, pValue } = chiSquare(reference, current, { leastExpected: LEAST_EXPECTED });
      return { statistic, value: pValue };
    },
  },
  psi: {
    name: "psi",
    label: "population stability index",
    input: "counts",
    measure: "distance",
    limit: 0.1,
    compare: (reference, current) => distance(populationStabilityIndex(reference, current)),
  },
  wasserstein: {
    name: "wasserstein",
    label: "Wasserstein distance in standard deviations",
    input: "values",
    measure: "distance",
    limit: 0.1,
    compare: (reference, current) => {
      // A reference without spread has no scale to measure by: any move away from it is infinitely far.
      const moved = wassersteinDistance(reference, current);
      return distance(moved === 0 ? 0 : moved / standardDeviation(reference, { ddof: 0 }));
    },
  },
} satisfies Record<string, DriftTest>;

export type DriftTestName = keyof typeof driftTests;

function distance(value: number): { statistic: number; value: number } {
  return { statistic: value, value };
}
