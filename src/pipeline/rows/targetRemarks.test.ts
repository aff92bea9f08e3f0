import { describe, expect, it } from "vitest";
import { categoryColumn, type Column } from "../../core/table/table.ts";
import { encodeTarget } from "./encodeTarget.ts";
import { skewNote, targetRemarks } from "./targetRemarks.ts";

const options = { target: "y", task: null, positiveClass: null } as const;

function remarksOn(column: Column, more: object = {}) {
  const rowCount = column.kind === "category" ? column.codes.length : column.values.length;
  const settings = { ...options, target: column.name, ...more };
  return targetRemarks(encodeTarget({ rowCount, columns: [column] }, settings), settings);
}

const texts = (counts: Readonly<Record<string, number>>): Column =>
  categoryColumn(
    "y",
    Object.entries(counts).flatMap(([label, count]) => Array<string>(count).fill(label)),
  );
const integers = (counts: Readonly<Record<number, number>>, name = "y") => ({
  kind: "number" as const,
  name,
  values: Float64Array.from(
    Object.entries(counts).flatMap(([value, count]) => Array<number>(count).fill(Number(value))),
  ),
});

describe("labels that differ only in case or blanks", () => {
  it("are named with their rows and the setting that joins them", () => {
    const { warnings } = remarksOn(texts({ No: 30, Yes: 12, yes: 8, " Yes": 1 }));
    expect(warnings).toEqual([
      'labels of "y" that differ only in case or blanks are different classes: " Yes" (1 row), "Yes" (12 rows), "yes" (8 rows); to join them, set "ingest.select": { "y": "lower(trim(CAST(y AS VARCHAR)))" } in config.json',
    ]);
    expect(remarksOn(texts({ No: 30, Yes: 12, Yess: 8 })).warnings).toEqual([]);
  });

  it("may have characters that nobody sees", () => {
    const [warning] = remarksOn(texts({ low: 20, high: 9, "high\u200b": 9, "high\u00a0": 9 })).warnings;
    expect(warning).toContain(String.raw`"high" (9 rows), "high\u00a0" (9 rows), "high\u200b" (9 rows)`);
    expect(warning).toContain('"y": "lower(trim(translate(CAST(y AS VARCHAR), chr(160) || chr(173) || chr(8203)');
  });

  it("may be the same letters in two Unicode forms", () => {
    expect(remarksOn(texts({ "caf\u00e9": 9, "cafe\u0301": 9, bar: 9 })).warnings[0]).toContain(
      "lower(trim(nfc_normalize(CAST(y AS VARCHAR))))",
    );
  });
});

describe("a number with a few large values", () => {
  it("is noted with the metric that counts all errors alike", () => {
    // 99 values of 0 and one of 1: mean 0.01, skewness 0.98 / sqrt(0.01 * 0.99).
    const rare = Float64Array.from({ length: 100 }, (_, i) => (i === 0 ? 1 : 0));
    expect(skewNote("fare", rare)).toEqual([
      '"fare" is heavily skewed (skewness 9.849), so rmse depends on its few largest values: "train": { "metric": "mae" } counts all errors alike',
    ]);
    expect(
      skewNote(
        "fare",
        rare.map((value, i) => (i < 20 ? 1 : value)),
      ),
    ).toEqual([]);
    expect(skewNote("fare", rare.fill(7))).toEqual([]);
  });
});

describe("a target with one number only", () => {
  it("is reported, because nothing can be learned", () => {
    expect(remarksOn(integers({ 7: 40 }), { task: "regression" }).warnings).toEqual([
      'every row has 7 in "y", so there is nothing to learn: check "target"',
    ]);
    expect(remarksOn(integers({ 7: 40, 8: 1 }), { task: "regression" }).warnings).toEqual([]);
  });
});

describe("the positive class", () => {
  it("is named with the setting for the other, unless it is configured", () => {
    expect(remarksOn(texts({ ham: 60, spam: 40 })).notes).toEqual([
      'the positive class of "y" is "spam": precision, recall and probability refer to it; set "positive_class": "ham" for the other',
    ]);
    expect(remarksOn(texts({ ham: 60, spam: 40 }), { positiveClass: "ham" }).notes).toEqual([]);
    expect(remarksOn(texts({ a: 30, b: 30, c: 40 })).notes).toEqual([]);
  });
});

describe("integers with few values", () => {
  const task = (column: Column & { readonly kind: "number" }) =>
    encodeTarget({ rowCount: column.values.length, columns: [column] }, { ...options, target: column.name }).spec.task;
  const note = (column: Column) => remarksOn(column).notes[0];

  it("are numbers if they become rarer on both sides of one value, as ratings do", () => {
    const ratings = integers({ 3: 2, 4: 13, 5: 116, 6: 174, 7: 70, 8: 15, 9: 1 });
    expect(task(ratings)).toBe("regression");
    expect(note(ratings)).toBe(
      '"y" has 7 different integers (3 to 9) that look like ratings or counts, so numbers are predicted: set "task": "classification" to predict classes',
    );
    expect(task(integers({ 0: 150, 1: 90, 2: 40, 3: 20, 4: 3 }))).toBe("regression"); // counts
  });

  it("are numbers with a name such as rating, whatever their frequencies", () => {
    const stars = integers({ 1: 30, 2: 5, 3: 8, 4: 20, 5: 60 }, "StarRating");
    expect(task(stars)).toBe("regression");
    expect(task(integers({ 1: 30, 2: 5, 3: 8, 4: 20, 5: 60 }, "operating"))).toBe("multiclass");
  });

  it("are classes otherwise, and the note says so", () => {
    const flat = integers({ 0: 40, 1: 41, 2: 39, 3: 40, 4: 40 });
    expect(task(flat)).toBe("multiclass");
    expect(note(flat)).toBe(
      '"y" has 5 different integers (0 to 4), so classes are predicted: set "task": "regression" to predict numbers',
    );
    expect(task(integers({ 0: 50, 1: 70, 2: 40 }))).toBe("multiclass"); // three codes are often in this order by chance
    expect(task(integers({ 1: 70, 2: 76, 3: 17, 5: 13, 6: 9, 7: 29 }))).toBe("multiclass"); // kinds of glass
    expect(task(integers({ 1: 1, 2: 2, 3: 4, 4: 2, 5: 1 }))).toBe("multiclass"); // ten rows
  });

  it("need no note if the task is configured", () => {
    expect(remarksOn(integers({ 1: 40, 2: 80, 3: 40 }), { task: "classification" }).notes).toEqual([]);
    expect(remarksOn(integers({ 1: 40, 2: 80, 3: 40 }), { task: "regression" }).notes).toEqual([]);
  });
});

describe("imbalance", () => {
  it("is reported if fewer than a tenth of the rows have one of two classes", () => {
    expect(remarksOn(texts({ no: 91, yes: 9 })).notes[1]).toMatch(
      /^imbalanced classes: 9 % of the rows have "yes" in "y"; accuracy says little/,
    );
    expect(remarksOn(texts({ no: 90, yes: 10 })).notes).toHaveLength(1);
  });

  it("is reported if more than nine tenths have one of several classes, or a class has fewer than five rows", () => {
    expect(remarksOn(texts({ a: 190, b: 5, c: 5 })).notes).toEqual([
      'imbalanced classes: 95 % of the rows have "a" in "y", so accuracy says little',
    ]);
    expect(remarksOn(texts({ a: 50, b: 50, c: 4, d: 1 })).notes).toEqual([
      'classes of "y" with too few rows to learn from: "d" (1 row), "c" (4 rows)',
    ]);
  });
});
