import { expect, it } from "vitest";
import { categoryColumn } from "../../core/table/categoryColumn.ts";
import type { Column } from "../../core/table/table.ts";
import { signatureOf } from "./signatureOf.ts";

const target = { name: "y", task: "regression" } as const;
const reading = { nullValues: ["", "NA"], normalizeNames: true };

function specOf(column: Column) {
  const rowCount = column.kind === "category" ? column.codes.length : column.values.length;
  return signatureOf({ rowCount, columns: [column] }, target, reading).inputs[0];
}

function number(...values: number[]): Column {
  return { kind: "number", name: "x", values: Float64Array.from(values) };
}

it("keeps the target and how texts are read", () => {
  expect(signatureOf({ rowCount: 0, columns: [] }, target, reading)).toEqual({ inputs: [], target, reading });
});

it("notes the range of a number, whether all are whole, and the share of rows without one", () => {
  expect(specOf(number(3, NaN, -2, 7))).toEqual({
    name: "x",
    kind: "number",
    integer: true,
    minimum: -2,
    maximum: 7,
    missingShare: 0.25,
  });
  expect(specOf(number(1, 2.5))).toMatchObject({ integer: false });
});

it("has no range for a column without a value", () => {
  expect(specOf(number(NaN, NaN))).toEqual({ name: "x", kind: "number", integer: false, missingShare: 1 });
});

it("counts infinite numbers as missing, so that the model can be written as JSON", () => {
  const spec = specOf(number(Infinity, 1, 2, -Infinity));
  expect(spec).toMatchObject({ minimum: 1, maximum: 2, integer: true, missingShare: 0.5 });
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
});

it("notes the range of a date in milliseconds", () => {
  const values = Float64Array.of(Date.UTC(2026, 1, 1), NaN, Date.UTC(2025, 0, 1));
  expect(specOf({ kind: "date", name: "x", values })).toEqual({
    name: "x",
    kind: "date",
    minimum: Date.UTC(2025, 0, 1),
    maximum: Date.UTC(2026, 1, 1),
    missingShare: 1 / 3,
  });
});

it("lists the categories that rows have, sorted, and no other of the dictionary", () => {
  const column: Column = {
    kind: "category",
    name: "x",
    codes: Int32Array.of(2, -1, 0, 2),
    categories: ["b", "c", "a"],
  };
  expect(specOf(column)).toEqual({ name: "x", kind: "category", categories: ["a", "b"], missingShare: 0.25 });
});

it("lists a thousand categories at most, and says that there are more", () => {
  const column = categoryColumn(
    "x",
    Array.from({ length: 1001 }, (_, i) => `c${String(i).padStart(4, "0")}`),
  );
  const spec = specOf(column)!;
  expect(spec.truncated).toBe(true);
  expect(spec.categories).toHaveLength(1000);
  expect(spec.categories!.at(-1)).toBe("c0999");
});
