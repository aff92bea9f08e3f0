import { describe, expect, it } from "vitest";
import type { DriftTest } from "./driftTest.ts";
import { driftTests } from "./index.ts";

const regular = Float64Array.from({ length: 200 }, (_, i) => (i * 67) % 200);
const shifted = regular.map((value) => value + 90);
const counts = Float64Array.of(50, 30);

function drifts(test: DriftTest, reference: Float64Array, current: Float64Array): boolean {
  const { value } = test.compare(reference, current);
  return test.measure === "p_value" ? value < test.limit : value >= test.limit;
}

const sides = (test: DriftTest): [Float64Array, Float64Array] =>
  test.input === "values" ? [regular, shifted] : [counts, counts.toReversed()];

describe.each(Object.entries<DriftTest>(driftTests))("drift test %s", (name, test) => {
  it("has the name it is registered under", () => {
    expect(test.name).toBe(name);
  });

  it("finds no drift between equal samples and detects a clear shift", () => {
    const [reference, current] = sides(test);
    expect([drifts(test, reference, reference), drifts(test, reference, current)]).toEqual([false, true]);
  });

  it("is symmetric, unless it is defined otherwise", () => {
    // Different lengths and shares; otherwise every distance between two cells would be symmetric.
    const [reference] = sides(test);
    const current = test.input === "values" ? shifted.slice(0, 150).map((value) => value / 3) : Float64Array.of(5, 60);
    const [there, back] = [test.compare(reference, current).value, test.compare(current, reference).value];
    if (test.isAsymmetric) expect(Math.abs(there - back)).toBeGreaterThan(1e-3);
    else expect(Math.abs(there - back)).toBeLessThan(1e-12); // different order of summation
  });

  it("rejects a side without values", () => {
    const [reference] = sides(test);
    const nothing = test.input === "values" ? Float64Array.of(NaN) : Float64Array.of(0, 0);
    expect(() => test.compare(reference, nothing)).toThrow(/on both sides/);
    expect(() => test.compare(nothing, reference)).toThrow(/on both sides/);
  });

  // counts have no missing values
  it.skipIf(test.input === "counts")("ignores missing and infinite values", () => {
    const withGaps = (values: Float64Array): Float64Array => Float64Array.of(NaN, ...values, -Infinity, NaN);
    expect(test.compare(withGaps(regular), withGaps(shifted))).toEqual(test.compare(regular, shifted));
  });

  // not valid for samples of nothing but ties
  it.skipIf(test.needsDistinct)("finds no drift between equal constants", () => {
    const constant = test.input === "values" ? new Float64Array(40).fill(2) : Float64Array.of(40);
    const { value } = test.compare(constant, constant);
    expect(value).toBe(test.measure === "p_value" ? 1 : 0);
  });
});

describe("the Wasserstein test", () => {
  it("measures in standard deviations of the reference", () => {
    // 0 … 199 in any order has a variance of (200² − 1) / 12
    const { value } = driftTests.wasserstein.compare(regular, shifted);
    expect(Math.abs(value - 90 / Math.sqrt(39_999 / 12))).toBeLessThan(1e-13); // 400 added terms
  });

  it("is zero or infinite for a constant reference", () => {
    const constant = new Float64Array(30).fill(2);
    expect(driftTests.wasserstein.compare(constant, constant).value).toBe(0);
    expect(driftTests.wasserstein.compare(constant, regular).value).toBe(Infinity);
  });
});
