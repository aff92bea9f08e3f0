import { describe, expect, it } from "vitest";
import { categoryColumn, type Column, type Table } from "../../core/table/table.ts";
import { encodeTarget } from "./encodeTarget.ts";

const options = { target: "y", task: null, positiveClass: null } as const;
const numbers = (...values: number[]): Table =>
  tableOf({ kind: "number", name: "y", values: Float64Array.from(values) });
const texts = (...values: (string | null)[]): Table => tableOf(categoryColumn("y", values));

function tableOf(column: Column): Table {
  return { rowCount: column.kind === "category" ? column.codes.length : column.values.length, columns: [column] };
}

describe("encodeTarget", () => {
  it.each([
    ["x^k^y", '; if "^" separates the cells, set "ingest.delimiter": "^" in config.json'],
    ['x "k" "y"', '; if " " separates the cells, set "ingest.delimiter": " " in config.json'],
    ["x-k,z", ""],
    ["income, yearly", ""],
  ])("without the target says what may separate the cells of %j", (name, hint) => {
    expect(() => encodeTarget(tableOf(categoryColumn(name, ["1"])), options)).toThrow(
      expect.objectContaining({ hint: `available columns: ${name}${hint}` }),
    );
  });

  it("treats two distinct numbers as classes, with the larger as the positive class", () => {
    const { spec, y } = encodeTarget(numbers(1, 0, 0, 1), options);
    expect(spec).toEqual({ name: "y", task: "binary", classes: ["0", "1"] });
    expect([...y]).toEqual([1, 0, 0, 1]);
  });

  it("puts the configured positive class last", () => {
    const { spec, y } = encodeTarget(texts("stays", "leaves", "stays"), { ...options, positiveClass: "leaves" });
    expect(spec.classes).toEqual(["stays", "leaves"]);
    expect([...y]).toEqual([0, 1, 0]);
  });

  it("infers regression from many distinct numbers, or from few with decimals", () => {
    expect(encodeTarget(numbers(...Array.from({ length: 11 }, (_, i) => i)), options).spec.task).toBe("regression");
    expect(encodeTarget(numbers(0.5, 1.5, 2.5), options).spec.task).toBe("regression");
    expect(encodeTarget(numbers(0, 1, 2), options).spec.task).toBe("multiclass");
  });

  it("skips rows without a target and reports the first of them", () => {
    const { rows, missing, firstMissing } = encodeTarget(texts("a", null, "b", null), options);
    expect([...rows]).toEqual([0, 2]);
    expect([missing, firstMissing]).toEqual([2, 1]);
  });

  it("rejects numbers with a decimal comma and suggests a conversion", () => {
    const prices = texts(...Array.from({ length: 11 }, (_, i) => `${i},50`));
    const hint = 'set "ingest.types": { "y": "1.234,5" } in config.json';
    for (const task of [null, "regression"] as const) {
      expect(() => encodeTarget(prices, { ...options, task })).toThrow(
        expect.objectContaining({ kind: "data", hint: expect.stringContaining(hint) }),
      );
    }
    // A few distinct values are classes, and so are many if the task is classification.
    expect(encodeTarget(texts("1,50", "2,50"), options).spec.task).toBe("binary");
    expect(encodeTarget(prices, { ...options, task: "classification" }).spec.task).toBe("multiclass");
  });

  it("sorts numeric classes numerically", () => {
    expect(encodeTarget(texts("10", "9", "2"), options).spec.classes).toEqual(["2", "9", "10"]);
  });

  it("rejects a single class, no value, a wrong positive class, text for regression and a misspelt target", () => {
    expect(() => encodeTarget(numbers(1, 1), options)).toThrow(/only one class \(1\)/);
    expect(() => encodeTarget(texts(null, null), options)).toThrow(/no value in any row/);
    expect(() => encodeTarget(numbers(0, 1), { ...options, positiveClass: "yes" })).toThrow(/not a class of "y": 0, 1/);
    expect(() => encodeTarget(texts("1", "x"), { ...options, task: "regression" })).toThrow(/"x" in data row 2/);
    expect(() => encodeTarget(texts("1", "nan"), { ...options, task: "regression" })).toThrow(/"nan" in data row 2/);
    expect(() => encodeTarget(numbers(0, 1), { ...options, target: "yy" })).toThrow(
      expect.objectContaining({ kind: "data", hint: expect.stringContaining('did you mean "y"?') }),
    );
  });

  it("rejects dates unless they are asked for as classes, and text that is a class of its own in most rows", () => {
    const days = tableOf({
      kind: "date",
      name: "y",
      values: Float64Array.from({ length: 20 }, (_, i) => (i % 4) * 86_400_000),
    });
    expect(() => encodeTarget(days, options)).toThrow(/"y" has dates, which no model predicts/);
    expect(encodeTarget(days, { ...options, task: "classification" }).spec.classes).toHaveLength(4);
    const notes = texts(...Array.from({ length: 120 }, (_, i) => `note ${i % 61}`));
    expect(() => encodeTarget(notes, options)).toThrow(/has 61 different values in 120 rows/);
    // As asked for, and as models of earlier builds are trained again.
    expect(encodeTarget(notes, { ...options, task: "classification" }).spec.classes).toHaveLength(61);
    expect(encodeTarget(days, { ...options, task: "regression" }).spec.task).toBe("regression");
    const names = texts(...Array.from({ length: 122 }, (_, i) => `name ${i % 61}`));
    expect(encodeTarget(names, options).spec.classes).toHaveLength(61);
  });
});
