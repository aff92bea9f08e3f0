import { describe, expect, it } from "vitest";
import type { DriftTest } from "./driftTest.ts";
import { driftTests } from "./index.ts";

const spread = Float64Array.from({ length: 200 }, (_, i) => (i * 67) % 200);
const shifted = spread.map((value) => value + 90);
const counts = Float64Array.of(50, 30);

/** Of these the reference is not just one of two samples. */
const asymmetric = new Set(["wasserstein", "kullback_leibler"]);

function drifts(test: DriftTest, reference: Float64Array, current: Float64Array): boolean {
  const { value } = test.compare(reference, current);
  return test.measure === "p_value" ? value < test.limit : value >= test.limit;
}

const sides = (test: DriftTest): [Float64Array, Float64Array] =>
  test.input === "values" ? [spread, shifted] : [counts, counts.toReversed()];

describe.each(Object.entries<DriftTest>(driftTests))("drift test %s", (name, test) => {
  it("has the name it is registered under", () => {
    expect(test.name).toBe(name);
  });

  it("stays on the quiet side of its limit for the same sample and passes it for a clear move", () => {
    const [reference, current] = sides(test);
    expect([drifts(test, reference, reference), drifts(test, reference, current)]).toEqual([false, true]);
  });

  it("says the same whichever sample is the reference, where it is defined so", () => {
    // Other lengths and shares than the reference's, or every distance of two cells would be symmetric.
    const [reference] = sides(test);
    const current = test.input === "values" ? shifted.slice(0, 150).map((value) => value / 3) : Float64Array.of(5, 60);
    const [there, back] = [test.compare(reference, current).value, test.compare(current, reference).value];
    if (asymmetric.has(name)) expect(Math.abs(there - back)).toBeGreaterThan(1e-3);
    else expect(Math.abs(there - back)).toBeLessThan(1e-12); // the order of a sum
  });

  it("refuses a side without a value in plain words", () => {
    const [reference] = sides(test);
    const nothing = test.input === "values" ? Float64Array.of(NaN) : Float64Array.of(0, 0);
    expect(() => test.compare(reference, nothing)).toThrow(/on both sides/);
    expect(() => test.compare(nothing, reference)).toThrow(/on both sides/);
  });

  it("ignores what is missing or infinite", () => {
    if (test.input === "counts") return;
    const withGaps = (values: Float64Array): Float64Array => Float64Array.of(NaN, ...values, -Infinity, NaN);
    expect(test.compare(withGaps(spread), withGaps(shifted))).toEqual(test.compare(spread, shifted));
  });

  it("finds nothing where both sides hold one and the same value", () => {
    const constant = test.input === "values" ? new Float64Array(40).fill(2) : Float64Array.of(40);
    // Midranks of a Cramér–von Mises test are not made for samples that are nothing but ties: see needsDistinct.
    if (test.needsDistinct === true) return;
    const { value } = test.compare(constant, constant);
    expect(value).toBe(test.measure === "p_value" ? 1 : 0);
  });
});

describe("the Wasserstein test", () => {
  it("measures in standard deviations of the reference", () => {
    // 0 … 199 in some order has a variance of (200² − 1) / 12
    const { value } = driftTests.wasserstein.compare(spread, shifted);
    expect(Math.abs(value - 90 / Math.sqrt(39_999 / 12))).toBeLessThan(1e-13); // 400 added terms
  });

  it("is zero or infinite where the reference is constant", () => {
    const constant = new Float64Array(30).fill(2);
    expect(driftTests.wasserstein.compare(constant, constant).value).toBe(0);
    expect(driftTests.wasserstein.compare(constant, spread).value).toBe(Infinity);
  });
});
