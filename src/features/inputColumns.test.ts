import { expect, it } from "vitest";
import { categoryColumn, type Table } from "../core/table/table.ts";
import { featureMatrix } from "./compileTransforms.ts";
import { fitTransforms } from "../testing/fitTransforms.ts";
import type { TransformRequest } from "../core/transform.ts";
import { inputColumns } from "./inputColumns.ts";

const table: Table = {
  rowCount: 4,
  columns: [
    categoryColumn("city", ["a=b", "oslo", "rome", "oslo"]),
    { kind: "number", name: "size=2", values: Float64Array.of(1, 2, NaN, 4) },
    { kind: "date", name: "when", values: Float64Array.of(0, 4e9, 8e10, 1e11) },
  ],
};
const context = { task: "regression", seed: 1, target: "y" } as const;

it("finds the input column of each feature, through chains of transforms and branches, without reading names", () => {
  const dates: TransformRequest[] = [
    { type: "date_parts", options: {} },
    { type: "cyclical", options: { columns: ["month"], keep: true } },
  ];
  const numbers = { type: "impute", options: { indicator: true } };
  const chain = fitTransforms(table, [...dates, numbers, { type: "one_hot", options: {} }], context);
  const other = fitTransforms(
    table,
    [numbers, { type: "ordinal", options: {} }, { type: "drop", options: { column: "when" } }],
    context,
  );
  const branches = [
    { prefix: "1.", transforms: chain },
    { prefix: "2.", transforms: other },
  ];
  const fitted = [chain[0]!, { type: "branches", state: { branches } as never }];
  const columnOf = inputColumns(fitted);
  const found = Map.groupBy(featureMatrix(table, fitted).columnNames, (feature) => columnOf.get(feature));
  expect([...found.keys()]).toEqual(["city", "size=2", "when"]);
  expect(found.get("city")).toEqual(["1.city=a=b", "1.city=oslo", "1.city=rome", "2.city"]);
  expect(found.get("size=2")).toEqual(["1.size=2", "1.size=2_missing", "2.size=2", "2.size=2_missing"]);
  expect(found.get("when")!.length).toBeGreaterThan(3);
});
