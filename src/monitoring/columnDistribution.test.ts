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
  it("gives the shares of both sides in the same bins", () => {
    const reference = numbers(Array.from({ length: 241 }, (_, i) => i / 10));
    const current = Float64Array.from({ length: 100 }, () => 6.1);
    const distribution = columnDistribution(reference, { kind: "number", name: "x", values: current })!;
    if (distribution.kind === "category") throw new Error("a number");
    expect(distribution.edges).toHaveLength(25);
    for (const side of [distribution.reference, distribution.current]) {
      // 24 shares, each rounded to a ten-thousandth.
      expect(side.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 2);
    }
    const bin = distribution.current.indexOf(1);
    expect(distribution.edges[bin]!).toBeLessThanOrEqual(6.1);
    expect(distribution.edges[bin + 1]!).toBeGreaterThan(6.1);
  });

  it("puts an outlier into the last bin instead of stretching the bins", () => {
    const values = Array.from({ length: 1000 }, (_, i) => i / 1000);
    const distribution = columnDistribution(numbers(values), {
      kind: "number",
      name: "x",
      values: Float64Array.from([...values, 1e12]),
    })!;
    expect(distribution.kind !== "category" && distribution.edges.at(-1)).toBeLessThan(1);
  });

  it("gives bins of whole numbers equally many of them", () => {
    const values = Array.from({ length: 100 }, (_, i) => i + 1);
    const distribution = columnDistribution(numbers(values), {
      kind: "number",
      name: "x",
      values: Float64Array.from(values),
    })!;
    if (distribution.kind === "category") throw new Error("a number");
    expect(distribution.edges.slice(0, 3)).toEqual([1, 6, 11]);
    expect(distribution.reference).toEqual(Array.from({ length: 20 }, () => 0.05));
  });

  it("handles a column with a single value", () => {
    const distribution = columnDistribution(numbers([7, 7]), {
      kind: "number",
      name: "x",
      values: Float64Array.of(7, NaN),
    })!;
    expect(distribution.reference.filter((share) => share > 0)).toEqual([1]);
    expect(distribution.current).toEqual(distribution.reference);
  });

  it("keeps the most frequent categories of both sides and merges the others", () => {
    const counts = Array.from({ length: 30 }, (_, i) => [`c${i}`, 30 - i] as const);
    const reference = { kind: "category" as const, count: 465, missing: 0, counts };
    const column = {
      kind: "category" as const,
      name: "c",
      codes: Int32Array.of(0, 0, -1, 1),
      categories: ["new", "c0"],
    };
    const distribution = columnDistribution(reference, column)!;
    if (distribution.kind !== "category") throw new Error("a category");
    expect([distribution.names.length, distribution.others, distribution.names[0]]).toEqual([11, 20, "new"]);
    // Missing cells are not counted: 2 of 3 are new, 1 of 3 is c0.
    expect(distribution.current.slice(0, 2)).toEqual([0.6667, 0.3333]);
    expect(distribution.reference.at(-1)).toBeGreaterThan(0);
  });

  it("is null for a column that changed its kind or has no values", () => {
    expect(
      columnDistribution(numbers([1]), { kind: "category", name: "x", codes: Int32Array.of(0), categories: ["a"] }),
    ).toBe(null);
    expect(columnDistribution(numbers([1]), { kind: "number", name: "x", values: Float64Array.of(NaN) })).toBe(null);
  });
});
