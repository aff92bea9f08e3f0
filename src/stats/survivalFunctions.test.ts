import { expect, it } from "vitest";
import { cramerVonMisesSurvival, scaledBesselK, normalSurvival } from "./distributions.ts";
import { tieCounts } from "./rankCounts.ts";

it.each([
  // scipy.stats.norm.sf(z)
  [-3, 0.9986501019683699],
  [-0.5, 0.6914624612740131],
  [0, 0.5],
  [1.96, 0.024997895148220435],
  [8, 6.22096057427174e-16],
  [30, 4.906713927147908e-198],
])("the normal survival function at %d equals SciPy's", (z, expected) => {
  expect(Math.abs(normalSurvival(z) / expected - 1)).toBeLessThan(1e-12); // relative; the exponent of the far tail is rounded
});

it.each([
  // scipy.special.kve(0.25, x)
  [1e-6, 68.10729599699684],
  [1e-3, 11.768238628404424],
  [0.1, 2.9675572852683945],
  [1, 1.1708721016781265],
  [50, 0.1769166121349046],
  [1e4, 0.012533023881379649],
])("the scaled Bessel function of order ¼ at %d equals SciPy's", (x, expected) => {
  expect(Math.abs(scaledBesselK(0.25, x) / expected - 1)).toBeLessThan(1e-12);
});

it.each([
  // 1 − scipy.stats._hypotests._cdf_cvm_inf(x)
  [0.05, 0.8762809310413509],
  [0.2, 0.267470430540777],
  [0.4614, 0.049988537609083616],
  [1, 0.002460452180135797],
  [3.5, 5.971163674622915e-9],
])("the Cramér–von Mises survival function at %d equals SciPy's", (x, expected) => {
  expect(Math.abs(cramerVonMisesSurvival(x) - expected)).toBeLessThan(1e-14); // absolute: 1 − cdf
});

it("the survival functions are exact at their limits", () => {
  expect([cramerVonMisesSurvival(0), cramerVonMisesSurvival(Infinity), normalSurvival(Infinity)]).toEqual([1, 0, 0]);
  expect([scaledBesselK(0.25, 0), scaledBesselK(0.25, -1), cramerVonMisesSurvival(NaN)]).toEqual([Infinity, NaN, NaN]);
});

it("counts ties of two samples by value", () => {
  const { first, second } = tieCounts(Float64Array.of(3, 1, 3), Float64Array.of(2, 3));
  // 1, 2, 3
  expect([[...first], [...second]]).toEqual([
    [1, 0, 2],
    [0, 1, 1],
  ]);
});
