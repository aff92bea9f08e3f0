import { describe, expect, it } from "vitest";
import type { NumberColumn, Table } from "../core/table/table.ts";
import type { TransformOptions } from "../core/transform.ts";
import { cyclical } from "./cyclical.ts";

describe("cyclical", () => {
  it("gives the same sine and cosine as numpy", () => {
    const made = circle({ x: [0, 1, 6, 11] }, { column: "x", period: 12 });
    // np.sin(2 * np.pi * np.array([0, 1, 6, 11]) / 12) and np.cos of the same; rounding of one product.
    expectClose(made["x_sin"]!, [0, 0.4999999999999999, 1.2246467991473532e-16, -0.5000000000000003]);
    expectClose(made["x_cos"]!, [1, 0.8660254037844386, -1, 0.8660254037844383]);
    expect(Object.keys(made)).toEqual(["x_sin", "x_cos"]);
  });

  it("knows the periods of date_parts columns, and uses only those when no column is named", () => {
    const made = circle({ month: [3], start_hour: [6], size: [1] });
    expect(Object.keys(made)).toEqual(["month_sin", "month_cos", "start_hour_sin", "start_hour_cos", "size"]);
    expectClose(made["month_sin"]!, [1]);
    expectClose(made["start_hour_sin"]!, [1]);
  });

  it("keeps the original column on request", () => {
    expect(Object.keys(circle({ month: [3] }, { keep: true }))).toEqual(["month", "month_sin", "month_cos"]);
  });

  it("rejects a column with an unknown period", () => {
    expect(() => circle({ x: [1] }, { column: "x" })).toThrow('the period of column "x" is unknown');
    expect(() => circle({ x: [1] }, { column: "x", period: 0 })).toThrow("period is 0");
  });
});

function expectClose(actual: number[], expected: number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-15));
}

function circle(columns: Record<string, number[]>, options: TransformOptions = {}): Record<string, number[]> {
  const table: Table = {
    rowCount: Object.values(columns)[0]!.length,
    columns: Object.entries(columns).map(([name, values]) => ({
      kind: "number",
      name,
      values: Float64Array.from(values),
    })),
  };
  const state = cyclical.fit(table, options, { task: "regression", seed: 1, target: "y" });
  const made = cyclical.load(state)(table).columns as NumberColumn[];
  return Object.fromEntries(made.map((column) => [column.name, [...column.values]]));
}
