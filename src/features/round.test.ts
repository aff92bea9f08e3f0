import { describe, expect, it } from "vitest";
import type { NumberColumn } from "../core/table/table.ts";
import { round } from "./round.ts";

describe("round", () => {
  it("rounds half to even, as numpy does", () => {
    // np.round([2.675, 0.5, 1.5, -0.5, -2.345, 1234.5678], 2)
    expect(rounded([2.675, 0.5, 1.5, -0.5, -2.345, 1234.5678], 2)).toEqual([2.68, 0.5, 1.5, -0.5, -2.35, 1234.57]);
    // np.round([0.5, 1.5, 2.5, -0.5, -1.5])
    expect(rounded([0.5, 1.5, 2.5, -0.5, -1.5], 0)).toEqual([0, 2, 2, -0, -2]);
    // np.round([1250.0, 1350.0, -1250.0], -2)
    expect(rounded([1250, 1350, -1250], -2)).toEqual([1200, 1400, -1200]);
  });

  it("leaves missing, infinite and huge numbers unchanged", () => {
    expect(rounded([NaN, Infinity, 1e300], 15)).toEqual([NaN, Infinity, 1e300]);
  });
});

function rounded(values: number[], digits: number): number[] {
  const column: NumberColumn = { kind: "number", name: "x", values: Float64Array.from(values) };
  const table = { rowCount: values.length, columns: [column] };
  const state = round.fit(table, { digits }, { task: "regression", seed: 1, target: "y" });
  return [...(round.load(state)(table).columns[0] as NumberColumn).values];
}
