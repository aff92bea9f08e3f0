import { describe, expect, it } from "vitest";
import { driftTests } from "./index.ts";

const spread = Float64Array.from({ length: 200 }, (_, i) => (i * 67) % 200);
const shifted = spread.map((value) => value + 90);

describe.each(Object.entries(driftTests))("drift test %s", (name, test) => {
  it("has the name it is registered under", () => {
    expect(test.name).toBe(name);
  });

  it("stays on the quiet side of its limit for the same sample and passes it for a clear move", () => {
    const drifts = (reference: Float64Array, current: Float64Array): boolean => {
      const { value } = test.compare(reference, current);
      return test.measure === "p_value" ? value < test.limit : value >= test.limit;
    };
    if (test.input === "values") {
      expect([drifts(spread, spread), drifts(spread, shifted)]).toEqual([false, true]);
    } else {
      const counts = Float64Array.of(50, 30, 20);
      expect([drifts(counts, counts), drifts(counts, counts.toReversed())]).toEqual([false, true]);
    }
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
