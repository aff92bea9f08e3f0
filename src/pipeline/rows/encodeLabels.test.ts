import { expect, it } from "vitest";
import { categoryColumn, type TargetSpec, type Column, type Table } from "../../core/table/table.ts";
import type { MlctlError } from "../../core/errors.ts";
import { encodeLabels } from "./encodeLabels.ts";

const classes: TargetSpec = { name: "y", task: "binary", classes: ["0", "1"] };
const levels: TargetSpec = { name: "y", task: "multiclass", classes: ["high", "low", "mid"] };
const quantity: TargetSpec = { name: "y", task: "regression" };

const reading = { nullValues: [""], normalizeNames: false };

function labelled(column: Column): Table {
  return { rowCount: column.kind === "category" ? column.codes.length : column.values.length, columns: [column] };
}

const numbers = (...values: number[]): Table =>
  labelled({ kind: "number", name: "y", values: Float64Array.from(values) });
const texts = (...values: (string | null)[]): Table => labelled(categoryColumn("y", values));

function failure(table: Table, target: TargetSpec): MlctlError {
  try {
    encodeLabels(table, { target, reading });
  } catch (error) {
    return error as MlctlError;
  }
  throw new Error("no error was thrown");
}

it("uses the class codes of training, independent of the order of rows", () => {
  expect(encodeLabels(texts("mid", "high", "low"), { target: levels, reading })).toEqual({
    y: Float64Array.of(2, 0, 1),
    rows: Int32Array.of(0, 1, 2),
  });
});

it("matches a class that is a number in one file and a string in another", () => {
  expect([...encodeLabels(numbers(1, 0, 1), { target: classes, reading }).y]).toEqual([1, 0, 1]);
  expect([...encodeLabels(texts("1", "0"), { target: classes, reading }).y]).toEqual([1, 0]);
});

it("skips rows without a label", () => {
  expect(encodeLabels(numbers(NaN, 2.5, NaN, -1), { target: quantity, reading })).toEqual({
    y: Float64Array.of(2.5, -1),
    rows: Int32Array.of(1, 3),
  });
  expect([...encodeLabels(texts(null, "low"), { target: levels, reading }).rows]).toEqual([1]);
});

it("parses numbers given as strings", () => {
  expect([...encodeLabels(texts("2.5", " -1e3 "), { target: quantity, reading }).y]).toEqual([2.5, -1000]);
});

it("names the row with an unknown label", () => {
  expect(failure(texts("low", "Low"), levels)).toMatchObject({
    kind: "data",
    message: 'target column "y" contains "Low" in data row 2, expected one of high, low, mid',
  });
  expect(failure(texts("1", "many"), quantity).message).toBe(
    'target column "y" contains "many" in data row 2, expected a number',
  );
});

it("reports a missing or empty target column", () => {
  expect(failure({ rowCount: 1, columns: [] }, classes).message).toContain('no target column "y"');
  expect(failure(numbers(NaN), classes).message).toContain("no value in any row");
});
