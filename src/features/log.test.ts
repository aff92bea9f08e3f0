import { describe, expect, it } from "vitest";
import type { NumberColumn } from "../core/table/table.ts";
import type { TransformOptions } from "../core/transform.ts";
import { log } from "./log.ts";

describe("log", () => {
  it("gives the same numbers as numpy", () => {
    // np.log1p([0, 1e-10, 9.5]); np.log([3, 10]): V8's logarithms may differ from glibc's in the last bit.
    const expected = [0, 9.999999999500001e-11, 2.3513752571634776];
    logged([0, 1e-10, 9.5]).forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-15));
    expect(logged([3, 10], { method: "log" })[0]).toBeCloseTo(1.0986122886681096, 15);
    expect(logged([0.001, 1000], { method: "log10" })).toEqual([-3, 3]);
  });

  it("keeps the sign of numbers on both sides of 0 with signed_log1p", () => {
    expect(logged([-9.5, 0, 9.5], { method: "signed_log1p" })).toEqual([-Math.log1p(9.5), 0, Math.log1p(9.5)]);
  });

  it("gives a missing value for a number without a finite logarithm", () => {
    expect(logged([0, -1], { method: "log" })).toEqual([NaN, NaN]);
    expect(logged([-1, -2, NaN, Infinity])).toEqual([NaN, NaN, NaN, NaN]);
  });
});

function logged(values: number[], options: TransformOptions = {}): number[] {
  const column: NumberColumn = { kind: "number", name: "x", values: Float64Array.from(values) };
  const table = { rowCount: values.length, columns: [column] };
  const state = log.fit(table, options, { task: "regression", seed: 1, target: "y" });
  return [...(log.load(state)(table).columns[0] as NumberColumn).values];
}
