import { describe, expect, it } from "vitest";
import { binomialDensity, smirnovSurvival } from "../distributions.ts";

describe("binomialDensity", () => {
  // [float(scipy.stats.binom.pmf(k, n, p)) for k, n, p in …]
  it.each([
    [3, 10, 0.25, 0.2502822875976561],
    [500, 1000, 0.5, 0.025225018178360804],
    [50000, 100000, 0.51, 5.179784555539846e-12],
    [0, 20, 0.1, 0.12157665459056935],
    [20, 20, 0.9, 0.12157665459056935],
  ])("of %i in %i at %f equals SciPy's", (k, n, p, expected) => {
    // SciPy uses log-gamma and itself loses about log10(n) digits
    expect(Math.abs(binomialDensity(k, n, p) / expected - 1)).toBeLessThan(1e-10);
  });

  it("sums to one", () => {
    let sum = 0;
    for (let k = 0; k <= 300; k++) sum += binomialDensity(k, 300, 0.37);
    expect(Math.abs(sum - 1)).toBeLessThan(1e-13); // 301 roundings
  });
});

describe("smirnovSurvival", () => {
  // [float(scipy.stats.ksone.sf(d, n)) for n, d in …]
  it.each([
    [5, 0.3, 0.34282],
    [100, 0.1, 0.1265906584562817],
    [10000, 0.02, 0.00033084243196936547],
  ])("for %i values at %f equals SciPy's", (n, d, expected) => {
    // relative; n terms are added
    expect(Math.abs(smirnovSurvival(n, d) / expected - 1)).toBeLessThan(1e-12);
  });
});
