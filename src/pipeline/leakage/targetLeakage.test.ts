import { describe, expect, it } from "vitest";
import { categoryColumn, type TargetSpec, type Column } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import { targetLeakage } from "./targetLeakage.ts";

const twoClasses: TargetSpec = { name: "y", task: "binary", classes: ["no", "yes"] };
const quantity: TargetSpec = { name: "y", task: "regression" };

function number(values: ArrayLike<number>): Column {
  return { kind: "number", name: "x", values: Float64Array.from(values) };
}

function suspects(column: Column, y: ArrayLike<number>, target: TargetSpec) {
  return targetLeakage({ rowCount: y.length, columns: [column] }, Float64Array.from(y), target);
}

/** 0, 1, 0, 1, … */
const alternating = (rows: number): number[] => Array.from({ length: rows }, (_, row) => row % 2);

describe("numbers against two classes", () => {
  it.each([
    ["upwards", 1],
    ["downwards", -1],
  ])("reports a column that separates the classes %s", (_, sign) => {
    const y = alternating(60);
    const x = y.map((code, row) => sign * (100 * code + (row % 7)));
    expect(suspects(number(x), y, twoClasses)).toEqual([
      { column: "x", reason: "it alone separates the classes (ROC AUC 1.0000)" },
    ]);
  });

  it("does not report a very good column", () => {
    const y = alternating(60);
    const x = y.map((code, row) => (row < 2 ? 1 - code : code)); // 2 of 60 rows against: AUC 29/30
    expect(suspects(number(x), y, twoClasses)).toEqual([]);
  });

  it("uses only rows with a value", () => {
    const y = alternating(80);
    const x = y.map((code, row) => (row % 3 === 0 ? NaN : code));
    expect(suspects(number(x), y, twoClasses)).toHaveLength(1);
    const rare = y.map((code, row) => (row < 29 ? code : NaN));
    expect(suspects(number(rare), y, twoClasses)).toEqual([]);
  });

  it("reports nothing for fewer than 30 rows or fewer than 5 rows of a class, which chance can separate", () => {
    const y = alternating(29);
    expect(suspects(number(y), y, twoClasses)).toEqual([]);
    const four = Array.from({ length: 200 }, (_, row) => (row < 4 ? 1 : 0));
    expect(suspects(number(four), four, twoClasses)).toEqual([]);
  });
});

describe("numbers against a quantity", () => {
  const { normal } = random(7);
  const y = Float64Array.from({ length: 100 }, () => normal());

  it.each([1000, -0.001])("reports a column that is the target times %s, far from zero", (factor) => {
    const [found] = suspects(number(y.map((value) => 1e6 + factor * value)), y, quantity);
    expect(found?.reason).toBe("it correlates with the target (1.0000)");
  });

  it("does not report a noisy, a constant or an empty column", () => {
    const noisy = y.map((value) => value + 0.1 * normal()); // correlation 1 / √1.01 = 0.995
    expect(suspects(number(noisy), y, quantity)).toEqual([]);
    expect(suspects(number(y.map(() => 5)), y, quantity)).toEqual([]);
    expect(suspects(number(y.map(() => NaN)), y, quantity)).toEqual([]);
  });

  it("ignores categories", () => {
    expect(
      suspects(
        categoryColumn(
          "x",
          Array.from(y, (value) => (value > 0 ? "a" : "b")),
        ),
        y,
        quantity,
      ),
    ).toEqual([]);
  });
});

describe("categories against classes", () => {
  it("reports a column whose categories have one class each", () => {
    const y = alternating(90);
    const column = categoryColumn(
      "x",
      y.map((code, row) => (row === 0 ? null : `${code ? "left" : "stayed"} ${row % 3}`)),
    );
    expect(suspects(column, y, twoClasses)).toEqual([
      { column: "x", reason: "its category determines the class in 100.0 % of its rows" },
    ]);
  });

  it("does not report impure categories or too many categories", () => {
    const y = alternating(90);
    const leaning = y.map((code, row) => (row === 0 ? "yes" : ["no", "yes"][code]!)); // 89 of 90 rows are pure
    expect(suspects(categoryColumn("x", leaning), y, twoClasses)).toEqual([]);
    const ids = y.map((_, row) => `id ${row >> 1}`);
    expect(suspects(categoryColumn("x", ids), y, twoClasses)).toEqual([]);
  });

  it("reports nothing if nearly all rows have the same class", () => {
    const y = Array.from({ length: 1000 }, (_, row) => (row < 9 ? 1 : 0));
    const column = categoryColumn(
      "x",
      y.map((_, row) => String(row % 5)),
    );
    expect(suspects(column, y, twoClasses)).toEqual([]);
  });
});

describe("columns that are missing by class", () => {
  const y = Array.from({ length: 300 }, (_, row) => row % 3);
  const two = y.map((code) => (code === 1 ? 1 : 0));
  const target: TargetSpec = { name: "y", task: "multiclass", classes: ["a", "b", "c"] };
  const noise = Array.from({ length: 300 }, random(5).normal);
  const kept = (isKept: (code: number, row: number) => boolean): number[] =>
    noise.map((value, row) => (isKept(y[row]!, row) ? value : NaN));
  const onlyOne = kept((code) => code === 1);

  const reason = (state: string, own: number): string =>
    `it is ${state} in ${own} of 100 rows of class "CLASS" and in 0 of 200 others: is it known before "y" is?`;

  it.each<[Column, string]>([
    [number(onlyOne), "filled"],
    [{ kind: "date", name: "x", values: Float64Array.from(onlyOne, (value) => 1.7e12 + 1e9 * value) }, "filled"],
    [
      categoryColumn(
        "x",
        onlyOne.map((value) => (Number.isNaN(value) ? null : value > 0 ? "a" : "b")),
      ),
      "filled",
    ],
    [number(kept((code) => code !== 1)), "empty"],
  ])("reports any kind of column with a value for one class only, or for all others", (column, state) => {
    expect(suspects(column, y, target)).toEqual([{ column: "x", reason: reason(state, 100).replace("CLASS", "b") }]);
    expect(suspects(column, two, twoClasses)).toHaveLength(1);
  });

  it("reports a column that is filled, or empty, in half of the rows of a class and in hardly any other", () => {
    const half = kept((code, row) => code === 1 && row < 150);
    expect(suspects(number(half), two, twoClasses)).toEqual([
      { column: "x", reason: reason("filled", 50).replace("CLASS", "yes") },
    ]);
    const empty = kept((code, row) => code !== 1 || row >= 150);
    expect(suspects(number(empty), y, target)[0]?.reason).toBe(reason("empty", 50).replace("CLASS", "b"));
    const lessThanHalf = kept((code, row) => code === 1 && row < 147);
    const twoOthers = kept((code, row) => (code === 1 && row < 150) || row < 3);
    for (const column of [lessThanHalf, twoOthers]) expect(suspects(number(column), two, twoClasses)).toEqual([]);
  });

  it("does not report too few rows or values, nor rows of one kind that are never of a rare class", () => {
    const byRow = kept((_, row) => row % 2 === 0);
    expect(suspects(number(byRow), y, target)).toEqual([]);
    expect(suspects(number(onlyOne.slice(0, 29)), two.slice(0, 29), twoClasses)).toEqual([]);
    const four = two.map((code, row) => (row < 12 ? code : 0)); // 4 rows of class 1
    const filled = noise.map((value, row) => (four[row] === 1 ? value : NaN));
    expect(suspects(number(filled), four, twoClasses)).toEqual([]);
    const rare = Array.from({ length: 3000 }, (_, row) => (row < 60 ? 1 : 0));
    const ofOneKind = rare.map((code, row) => (code === 0 && row % 3 > 0 ? row % 7 : NaN));
    expect(suspects(number(ofOneKind), rare, twoClasses)).toEqual([]);
  });
});

describe("many classes", () => {
  const y = Array.from({ length: 90 }, (_, row) => row % 3);
  const target: TargetSpec = { name: "y", task: "multiclass", classes: ["a", "b", "c"] };

  it("reports a number that encodes the class, in any order", () => {
    const codes = y.map((code, row) => (row < 3 ? NaN : [20, 10, 30, 5][code]!));
    expect(suspects(number(codes), y, target)).toEqual([{ column: "x", reason: "its ranges determine the class" }]);
    // Two values for the class between the others: no ranges, but few values.
    const scattered = y.map((code, row) => (code === 1 ? (row % 2 ? 5 : 25) : [20, 0, 30][code]!));
    expect(suspects(number(scattered), y, target)).toEqual([
      { column: "x", reason: "its value determines the class in 100.0 % of its rows" },
    ]);
  });

  it("reports a number with many distinct values if each class has a range of its own, as row numbers of a sorted file", () => {
    const banded = y.map((code, row) => 100 * code + row);
    expect(suspects(number(banded), y, target)).toEqual([{ column: "x", reason: "its ranges determine the class" }]);
    const reversed = banded.map((value) => -value);
    expect(suspects(number(reversed), y, target)).toHaveLength(1);
  });

  it("does not report numbers of which the classes share a value or a range", () => {
    const sorted = y.toSorted();
    expect(suspects(number(sorted.map(() => 5)), sorted, target)).toEqual([]);
    expect(suspects(number(y.map((_, row) => row)), y, target)).toEqual([]);
    // One row in another class's range: two changes more than three ranges need, 2 / 90 of the rows.
    const overlapping = y.map((code, row) => (row === 0 ? 250.5 : 100 * code + row));
    expect(suspects(number(overlapping), y, target)).toEqual([]);
  });
});

describe("many rows, of which a sample is looked at first", () => {
  const rows = 100_000;
  const { uniform, normal, integer } = random(3);
  const y = Float64Array.from({ length: rows }, () => integer(2));
  const threeClasses: TargetSpec = { name: "y", task: "multiclass", classes: ["a", "b", "c"] };
  const three = Float64Array.from({ length: rows }, () => integer(3));
  /** Separates the classes but for a share of the rows. */
  const separating = (wrong: number) => y.map((code) => (uniform() < wrong ? 1 - code : code) + uniform() / 2);

  it.each([
    ["that separates all", separating(0), y, twoClasses, "it alone separates the classes (ROC AUC 1.0000)"],
    ["that separates nearly all", separating(0.0005), y, twoClasses, "it alone separates the classes (ROC AUC 0.999"],
    ["with a range for each class", three.map((code) => code + uniform()), three, threeClasses, "its ranges determine"],
    [
      "with 5,000 ids of one class each",
      y.map((code) => 2 * integer(2500) + code),
      y,
      twoClasses,
      "its value determines the class in 100.0 %",
    ],
    ["with as many ids as rows", y.map((code, row) => 2 * row + code), y, twoClasses, undefined],
    ["that separates 99.5 %", separating(0.005), y, twoClasses, "it alone separates the classes (ROC AUC 0.99"],
    ["that separates 98.5 %", separating(0.015), y, twoClasses, undefined],
    ["of chance", y.map(() => normal()), y, twoClasses, undefined],
    ["of chance with few values", y.map(() => integer(20)), three, threeClasses, undefined],
  ] as const)("judges a column %s as in all rows", (_, x, labels, target, reason) => {
    const found = suspects(number(x), labels, target);
    expect(found.map((each) => each.reason)).toEqual(reason === undefined ? [] : [expect.stringContaining(reason)]);
  });

  it("sees a column that is missing in nearly all rows", () => {
    const x = y.map((code, row) => (row % 1000 === 0 ? code : NaN));
    expect(suspects(number(x), y, twoClasses)).toHaveLength(1);
  });
});
