import { expect, it } from "vitest";
import { categoryColumn, findColumn, selectRows } from "./table.ts";

it("selects rows in the given order, with missing values and repeats, without changing the table", () => {
  const values = Float64Array.from([1, NaN, 3]);
  const table = {
    rowCount: 3,
    columns: [{ kind: "number" as const, name: "a", values }, categoryColumn("b", ["x", null, "y"])],
  };
  const selected = selectRows(table, [2, 1, 2]);
  expect(selected.rowCount).toBe(3);
  expect(findColumn(selected, "a")).toMatchObject({ values: Float64Array.from([3, NaN, 3]) });
  expect(findColumn(selected, "b")).toMatchObject({ codes: Int32Array.from([1, -1, 1]), categories: ["x", "y"] });
  expect([...values]).toEqual([1, NaN, 3]);
});
