import { describe, expect, it } from "vitest";
import { columnDistribution } from "./columnDistribution.ts";

const numbers = (values: readonly number[]) => ({
  kind: "number" as const,
  count: values.length,
  missing: 0,
  mean: null,
  standardDeviation: null,
  quantiles: [],
  sample: values,
});

describe("columnDistribution", () => {
  it("tells the share of each side in bins that both have in common", () => {
    const reference = numbers(Array.from({ length: 241 }, (_, i) => i / 10));
    const current = Float64Array.from({ length: 100 }, () => 6.1);
    const spread = columnDistribution(reference, { kind: "number", name: "x", values: current })!;
    if (spread.kind === "category") throw new Error("a number");
    expect(spread.edges).toHaveLength(25);
    for (const side of [spread.reference, spread.current]) {
      // 24 shares, each rounded to a ten-thousandth.
      expect(side.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 2);
    }
    const bin = spread.current.indexOf(1);
    expect(spread.edges[bin]!).toBeLessThanOrEqual(6.1);
    expect(spread.edges[bin + 1]!).toBeGreaterThan(6.1);
  });

  it("is not squeezed by one wild value: the last bin holds it", () => {
    const values = Array.from({ length: 1000 }, (_, i) => i / 1000);
    const spread = columnDistribution(numbers(values), {
      kind: "number",
      name: "x",
      values: Float64Array.from([...values, 1e12]),
    })!;
    expect(spread.kind !== "category" && spread.edges.at(-1)).toBeLessThan(1);
  });

  it("draws a column whose values are all the same", () => {
    const spread = columnDistribution(numbers([7, 7]), { kind: "number", name: "x", values: Float64Array.of(7, NaN) })!;
    expect(spread.reference.filter((share) => share > 0)).toEqual([1]);
    expect(spread.current).toEqual(spread.reference);
  });

  it("keeps the most frequent categories of both sides, the others as one", () => {
    const counts = Array.from({ length: 30 }, (_, i) => [`c${i}`, 30 - i] as const);
    const reference = { kind: "category" as const, count: 465, missing: 0, counts };
    const column = {
      kind: "category" as const,
      name: "c",
      codes: Int32Array.of(0, 0, -1, 1),
      categories: ["new", "c0"],
    };
    const spread = columnDistribution(reference, column)!;
    if (spread.kind !== "category") throw new Error("a category");
    expect([spread.names.length, spread.others, spread.names[0]]).toEqual([11, 20, "new"]);
    // Missing cells do not count: 2 of 3 are new, 1 of 3 is c0.
    expect(spread.current.slice(0, 2)).toEqual([0.6667, 0.3333]);
    expect(spread.reference.at(-1)).toBeGreaterThan(0);
  });

  it("says nothing of a column that changed its kind or has no value", () => {
    expect(
      columnDistribution(numbers([1]), { kind: "category", name: "x", codes: Int32Array.of(0), categories: ["a"] }),
    ).toBe(null);
    expect(columnDistribution(numbers([1]), { kind: "number", name: "x", values: Float64Array.of(NaN) })).toBe(null);
  });
});
