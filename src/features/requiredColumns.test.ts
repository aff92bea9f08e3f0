import { expect, it } from "vitest";
import type { Table } from "../core/table/table.ts";
import { fitTransforms } from "../testing/fitTransforms.ts";
import { requiredColumns } from "./fitTransforms.ts";

it("names the columns that fitted transforms read, without dropped ones and the target", () => {
  const table: Table = {
    rowCount: 1,
    columns: ["a", "b", "y"].map((name) => ({ kind: "number", name, values: Float64Array.of(1) })),
  };
  const context = { task: "regression", seed: 1, target: "y" } as const;
  const fitted = fitTransforms(table, [{ type: "drop", options: { column: "a" } }], context);
  expect([...requiredColumns(fitted)]).toEqual(["b"]);
});
