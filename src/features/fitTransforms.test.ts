import { describe, expect, it } from "vitest";
import { categoryColumn, type Column, type Table } from "../core/table/table.ts";
import { MlctlError } from "../core/errors.ts";
import type { TransformRequest } from "../core/transform.ts";
import { featureMatrix } from "./compileTransforms.ts";
import { fitTransforms } from "../testing/fitTransforms.ts";

const context = { task: "binary", seed: 1, target: "left" } as const;

describe("fitTransforms", () => {
  it("fits each transform on the output of the previous one", () => {
    const table = tableOf(number("x", [1, NaN, 3]));
    const fitted = fitTransforms(table, [request("impute", { strategy: "mean" }), request("standardize")], context);
    // Filled: 1, 2, 3 with mean 2 and variance (1 + 0 + 1) / 3; without imputation it would be 1.
    expect(fitted[2]).toEqual({
      type: "standardize",
      state: { columns: [{ name: "x", mean: 2, scale: Math.sqrt(2 / 3) }] },
    });
  });

  it("never uses the target as a feature", () => {
    const table = tableOf(number("x", [1, 2, 3]), number("left", [0, 1, 0]));
    expect(featureMatrix(table, fitTransforms(table, [], context)).columnNames).toEqual(["x"]);
    const error = errorOf(() => fitTransforms(table, [request("standardize", { column: "left" })], context));
    expect(error.hint).toBe('"left" is the target; a feature made from it would leak the label');
  });

  it("does not require dropped columns", () => {
    const table = tableOf(number("x", [1, 2, 3]), number("noise", [4, 5, 6]));
    const fitted = fitTransforms(table, [request("drop", { columns: ["noise"] })], context);
    expect(featureMatrix(tableOf(number("x", [7])), fitted)).toEqual({
      rowCount: 1,
      columnNames: ["x"],
      values: Float64Array.of(7),
    });
  });

  it("requires a column that is read and dropped afterwards", () => {
    const table = tableOf(number("x", [1, 2, 3]), categoryColumn("c", ["a", "b", "a"]));
    const fitted = fitTransforms(table, [request("one_hot"), request("drop", { columns: ["c=a"] })], context);
    expect(featureMatrix(table, fitted).columnNames).toEqual(["x", "c=b"]);
    expect(errorOf(() => featureMatrix(tableOf(number("x", [1])), fitted)).message).toBe('column "c" is missing');
  });

  it("requires only the columns that a select keeps", () => {
    const table = tableOf(number("x", [1, 2]), number("y", [3, 4]), categoryColumn("c", ["a", "b"]));
    const fitted = fitTransforms(table, [request("one_hot"), request("select", { columns: ["c=*"] })], context);
    expect(fitted[0]!.state).toEqual({ columns: [{ name: "c", kind: "category" }] });
    expect(featureMatrix(table, fitted).columnNames).toEqual(["c=a", "c=b"]);
  });

  it("reports all problems in the configuration at once, with path and suggestion", () => {
    const requests = [
      request("one_hott"),
      request("impute", { strategi: "mean", indicator: 1 }),
      request("standardize"),
    ];
    const error = errorOf(() => fitTransforms(tableOf(number("x", [1])), requests, context));
    expect(error.kind).toBe("usage");
    expect(error.details).toEqual([
      'features[0]: unknown type "one_hott", did you mean "one_hot"?',
      'features[1]: impute: unknown option "strategi", did you mean "strategy"?',
      "features[1]: impute: indicator is 1, allowed: true or false",
    ]);
  });

  it("names the path of an unknown column and suggests one", () => {
    const table = tableOf(number("employees", [1, 2]), categoryColumn("city", ["a", "b"]));
    const error = errorOf(() => fitTransforms(table, [request("standardize", { column: "employes" })], context));
    expect(error).toMatchObject({
      kind: "usage",
      message: 'features[0] (standardize): no column "employes"',
      hint: 'did you mean "employees"?',
    });
    const wrongKind = errorOf(() => fitTransforms(table, [request("standardize", { column: "city" })], context));
    expect(wrongKind.message).toBe('features[0] (standardize): column "city" contains text, expected numbers');
  });

  it("rejects remaining text and dates before anything is trained", () => {
    const text = tableOf(number("x", [1, 2]), categoryColumn("city", ["a", "b"]));
    expect(errorOf(() => fitTransforms(text, [], context))).toMatchObject({
      message: 'column "city" is text, but models need numbers',
      hint: 'add { "type": "one_hot", "column": "city" } to features, or add it to drop_columns',
    });
    const dated = tableOf({ kind: "date", name: "when", values: Float64Array.of(0, 1) });
    expect(errorOf(() => fitTransforms(dated, [], context)).hint).toContain('"type": "date_parts"');
  });

  it("rejects two features with the same name", () => {
    const table = tableOf(number("c=a", [1, 2]), categoryColumn("c", ["a", "b"]));
    expect(errorOf(() => fitTransforms(table, [request("one_hot")], context)).message).toBe(
      'two features are called "c=a"',
    );
  });
});

function request(type: string, options: TransformRequest["options"] = {}): TransformRequest {
  return { type, options };
}

function tableOf(...columns: Column[]): Table {
  const first = columns[0]!;
  return { rowCount: first.kind === "category" ? first.codes.length : first.values.length, columns };
}

function number(name: string, values: number[]): Column {
  return { kind: "number", name, values: Float64Array.from(values) };
}

function errorOf(run: () => unknown): MlctlError {
  try {
    run();
  } catch (error) {
    if (error instanceof MlctlError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
