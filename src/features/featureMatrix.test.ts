import { describe, expect, it } from "vitest";
import { categoryColumn, type Matrix, selectRows, type Column, type Table } from "../core/table/table.ts";
import { MlctlError } from "../core/errors.ts";
import { automaticTransforms } from "./automatic.ts";
import { compileTransforms, featureMatrix } from "./compileTransforms.ts";
import { fitTransforms } from "../testing/fitTransforms.ts";

const context = { task: "binary", seed: 1, target: "left" } as const;

describe("featureMatrix", () => {
  const table = mixed(10_000);
  const { requests } = automaticTransforms(table, { needs: { complete: true, standardized: true } }, "binary");
  const fitted = fitTransforms(table, requests, context);
  const batch = featureMatrix(table, fitted);

  it("keeps the column order, with one-hot columns 0 and 1 and all others with mean 0 and variance 1", () => {
    expect(batch.columnNames.slice(0, 6)).toEqual(["a", "city=bergen", "city=oslo", "city=rome", "year", "quarter"]);
    batch.columnNames.forEach((name, column) => {
      const values = Array.from(
        { length: batch.rowCount },
        (_, row) => batch.values[row * batch.columnNames.length + column]!,
      );
      if (name.startsWith("city=")) return expect(new Set(values)).toEqual(new Set([0, 1]));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      // Rounding of a sum of ten thousand terms of order 1.
      expect(Math.abs(mean)).toBeLessThan(1e-10);
      expect(Math.abs(variance - 1)).toBeLessThan(1e-10);
    });
  });

  it("gives bitwise the same for one row as for ten thousand", () => {
    const toMatrix = compileTransforms(fitted);
    const width = batch.columnNames.length;
    for (const row of [0, 1, 4095, 4096, 8191, 8192, 9999]) {
      const one = toMatrix(selectRows(table, [row]));
      expect([...one.values]).toEqual([...batch.values.subarray(row * width, (row + 1) * width)]);
    }
  });

  it("does not depend on the order of columns, on extra columns, or on the codes of categories", () => {
    const city = table.columns[1]!;
    if (city.kind !== "category") throw new TypeError("the second column is text");
    const texts = Array.from(city.codes, (code) => (code < 0 ? null : city.categories[code]!));
    const recoded = categoryColumn("city", ["paris", ...texts]);
    const shuffled: Table = {
      rowCount: table.rowCount,
      columns: [
        number(
          "extra",
          Array.from({ length: table.rowCount }, (_, i) => i),
        ),
        table.columns[2]!,
        { ...recoded, codes: recoded.codes.subarray(1) },
        number(
          "month",
          Array.from({ length: table.rowCount }, () => 0),
        ),
        table.columns[0]!,
      ],
    };
    expectSame(featureMatrix(shuffled, fitted), batch);
  });

  it("gives the same after a round trip through JSON", () => {
    expectSame(featureMatrix(table, JSON.parse(JSON.stringify(fitted))), batch);
  });

  it("treats a column without values as missing, of any kind", () => {
    const asText = featureMatrix(oneRow(categoryColumn("a", [null])), fitted);
    expect(asText).toEqual(featureMatrix(oneRow(number("a", [NaN])), fitted));
    expect(errorOf(() => featureMatrix(oneRow(categoryColumn("a", ["ten"])), fitted))).toMatchObject({
      kind: "data",
      message: 'column "a" contains text, but the model was trained on numbers',
    });
  });

  it("has all columns and no rows for an empty table", () => {
    const empty = featureMatrix(selectRows(table, []), fitted);
    expect(empty).toEqual({ rowCount: 0, columnNames: batch.columnNames, values: new Float64Array(0) });
  });

  it("rejects a model that is newer than the program", () => {
    expect(errorOf(() => featureMatrix(table, [{ type: "wavelet", state: {} }])).message).toBe(
      'the model uses the transform "wavelet", which this version of mlctl does not support',
    );
  });
});

/** Bitwise, and faster than toEqual on many numbers. */
function expectSame(actual: Matrix, expected: Matrix): void {
  expect(actual.columnNames).toEqual(expected.columnNames);
  expect(Buffer.from(actual.values.buffer).equals(Buffer.from(expected.values.buffer))).toBe(true);
}

function mixed(rows: number): Table {
  const values = (value: (i: number) => number) => Array.from({ length: rows }, (_, i) => value(i));
  return tableOf(
    number(
      "a",
      values((i) => (i % 11 === 0 ? NaN : Math.sin(i) * 1000)),
    ),
    categoryColumn(
      "city",
      values((i) => i).map((i) => ["oslo", "bergen", null, "rome"][i % 4]!),
    ),
    date(
      "when",
      values((i) => (i % 13 === 0 ? NaN : i * 7_777_777)),
    ),
  );
}

function oneRow(a: Column): Table {
  return tableOf(a, categoryColumn("city", ["oslo"]), date("when", [0]));
}

function tableOf(...columns: Column[]): Table {
  const first = columns[0]!;
  return { rowCount: first.kind === "category" ? first.codes.length : first.values.length, columns };
}

function number(name: string, values: number[]): Column {
  return { kind: "number", name, values: Float64Array.from(values) };
}

function date(name: string, values: number[]): Column {
  return { kind: "date", name, values: Float64Array.from(values) };
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
