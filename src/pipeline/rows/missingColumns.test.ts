import { expect, it } from "vitest";
import type { Signature } from "../../core/table/signature.ts";
import { missingColumns } from "./missingColumns.ts";

const signature: Signature = {
  inputs: [
    { name: "age", kind: "number", missingShare: 0 },
    { name: "plan", kind: "category", missingShare: 0 },
  ],
  target: { name: "plans", task: "regression" },
  reading: { nullValues: [], normalizeNames: false },
};

it("finds nothing where all are there, whatever else there is", () => {
  expect(missingColumns(signature, ["other", "plan", "age"])).toEqual([]);
});

it("suggests a column that the model does not know, and never the target", () => {
  expect(missingColumns(signature, ["Age", "plans"])).toEqual([
    'column "age" is missing; did you rename it to "Age"?',
    'column "plan" is missing',
  ]);
});
