import { expect, it } from "vitest";
import type { Signature } from "../../core/table/table.ts";
import { missingColumns } from "./conformTable.ts";

const signature: Signature = {
  inputs: [
    { name: "age", kind: "number", missingShare: 0 },
    { name: "plan", kind: "category", missingShare: 0 },
  ],
  target: { name: "plans", task: "regression" },
  reading: { nullValues: [], normalizeNames: false },
};

it("returns nothing if all columns are present, and ignores extra columns", () => {
  expect(missingColumns(signature, ["other", "plan", "age"])).toEqual([]);
});

it("suggests an unknown column, but never the target", () => {
  expect(missingColumns(signature, ["Age", "plans"])).toEqual([
    'column "age" is missing; did you rename it to "Age"?',
    'column "plan" is missing',
  ]);
});
