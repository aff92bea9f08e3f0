import { describe, expect, it } from "vitest";
import { categoryColumn, type Signature, type NumberColumn } from "../../core/table/table.ts";
import { conformTable } from "./conformTable.ts";

const number = (name: string, ...values: number[]): NumberColumn => ({
  kind: "number",
  name,
  values: Float64Array.from(values),
});
const signature: Signature = {
  inputs: [
    { name: "age", kind: "number", missingShare: 0 },
    { name: "plan", kind: "category", categories: ["1", "2"], missingShare: 0 },
  ],
  target: { name: "y", task: "regression" },
  reading: { nullValues: [""], normalizeNames: false },
};

describe("conformTable", () => {
  it("returns the model's columns in its order and drops others", () => {
    const table = { rowCount: 1, columns: [number("other", 1), categoryColumn("plan", ["2"]), number("age", 30)] };
    expect(conformTable(table, signature).columns.map(({ name }) => name)).toEqual(["age", "plan"]);
  });

  it("converts strings to numbers and numbers to strings where the model expects the other", () => {
    const table = { rowCount: 3, columns: [categoryColumn("age", ["30", null, "nan"]), number("plan", 2, NaN, 2)] };
    const [age, plan] = conformTable(table, signature).columns;
    expect(age).toMatchObject({ kind: "number", values: Float64Array.from([30, NaN, NaN]) });
    expect(plan).toMatchObject({ kind: "category", codes: Int32Array.from([0, -1, 0]), categories: ["2"] });
  });

  it("reports every mismatched column with its row, and suggests renamed columns", () => {
    const table = { rowCount: 2, columns: [categoryColumn("age", ["30", "old"]), number("plans", 1, 2)] };
    expect(() => conformTable(table, signature)).toThrow(
      expect.objectContaining({
        details: [
          'column "plan" is missing; did you rename it to "plans"?',
          'column "age" contains "old" in data row 2, but the model was trained on numbers',
        ],
      }),
    );
  });
});
