import { describe, expect, it } from "vitest";
import { selectionFolds, type Period, type SelectionOptions } from "./selectionFolds.ts";

const y = Float64Array.from({ length: 30 }, (_, row) => (row % 3 === 0 ? 1 : 0));
/** Every second row trains. */
const training = Int32Array.from({ length: 15 }, (_, i) => 2 * i);

function folds(change: Partial<SelectionOptions>) {
  return selectionFolds(y, training, { method: "k_fold", folds: 3, seed: 1, classCount: 2, ...change });
}

const validationRows = (found: ReturnType<typeof folds>): number[] =>
  found.flatMap(({ validation }) => [...validation]);
const ascending = (rows: readonly number[]): number[] => rows.toSorted((a, b) => a - b);

describe.each(["k_fold", "stratified_k_fold", "group_k_fold"] as const)("%s", (method) => {
  const groups = Array.from(y.keys(), (row) => ["a", "b", "c", "d", null][row % 5]!);

  it("validates every training row once, trains on the others, and uses no other rows", () => {
    const found = folds({ method, groups });
    expect(ascending(validationRows(found))).toEqual([...training]);
    for (const fold of found) expect(ascending([...fold.training, ...fold.validation])).toEqual([...training]);
  });
});

it("stratified_k_fold distributes the classes evenly, independent of the other rows", () => {
  const ones = folds({ method: "stratified_k_fold", folds: 5 }).map(
    ({ validation }) => validation.filter((row) => y[row] === 1).length,
  );
  expect(ones).toEqual([1, 1, 1, 1, 1]);
});

describe("time_series", () => {
  const times = Float64Array.from(y.keys(), (row) => 1000 - row);

  it("trains on all earlier rows, as TimeSeriesSplit", () => {
    // [(a.tolist(), b.tolist()) for a, b in TimeSeriesSplit(3).split(range(15))]: validation 6–8, 9–11, 12–14.
    const found = folds({ method: "time_series", times });
    const byAge = Array.from(training).toReversed();
    expect(found.map(({ validation }) => [...validation])).toEqual(
      [
        [6, 9],
        [9, 12],
        [12, 15],
      ].map(([from, to]) => ascending(byAge.slice(from, to))),
    );
    expect(found.map(({ training: rows }) => [...rows])).toEqual(
      [6, 9, 12].map((end) => ascending(byAge.slice(0, end))),
    );
  });

  it("begins each fold on one date for all series, without losing a row", () => {
    // Five dates of three series; 15 / (3 + 1) = 3 rows a fold. Of four series a fold of 5 / 2 dates begins a date early.
    const dates = (perDate: number) => Float64Array.from(y.keys(), (row) => Math.floor(row / 2 / perDate));
    const datesOf = (perDate: number): number[][] =>
      folds({ method: "time_series", times: dates(perDate) }).map(({ validation }) => [
        ...new Set(Array.from(validation, (row) => dates(perDate)[row]!)),
      ]);
    expect(datesOf(3)).toEqual([[2], [3], [4]]);
    expect(datesOf(4)).toEqual([[1], [2], [3]]);
    const found = folds({ method: "time_series", times: dates(4) });
    expect(found.map((fold) => fold.training.length)).toEqual([4, 8, 12]);
    expect(found.at(-1)!.validation).toHaveLength(3);
  });

  it("trains on rows without a time in every fold", () => {
    const some = times.map((time, row) => (row < 4 ? NaN : time));
    for (const fold of folds({ method: "time_series", times: some }))
      expect([...fold.training]).toEqual(expect.arrayContaining([0, 2]));
  });

  // Rows 0, 2, … 28 are three weeks apart, from 2021-12-20 to 2022-10-10 (row 28).
  it.each<[Period, number, readonly (readonly [number, number])[]]>([
    ["year", 1, [[2, 28]]],
    [
      "quarter",
      2,
      [
        [10, 18],
        [20, 28], // one row of the last quarter is too few
      ],
    ],
    [
      "month",
      2,
      [
        [26, 26],
        [28, 28],
      ],
    ],
    [
      "week",
      3,
      [
        [24, 24],
        [26, 26],
        [28, 28],
      ],
    ],
  ])("validates on whole periods if configured: %s", (period, count, validation) => {
    const days = times.map((_, row) => Date.UTC(2021, 11, 20) + (row / 2) * 21 * 86_400_000);
    const found = folds({ method: "time_series", folds: count, times: days, period });
    expect(found.map((fold) => [...fold.validation])).toEqual(
      validation.map(([from, to]) => [...training].filter((row) => row >= from && row <= to)),
    );
    for (const fold of found)
      expect([...fold.training]).toEqual([...training].filter((row) => row < fold.validation[0]!));
  });

  it("fails if there are fewer periods than folds, or no rows before the first", () => {
    const days = times.map((_, row) => Date.UTC(2021, 11, 20) + (row / 2) * 21 * 86_400_000);
    const message = "too few training rows (15) for 2 time_series folds of a year each";
    expect(() => folds({ method: "time_series", folds: 2, times: days, period: "year" })).toThrow(message);
  });

  it("does not train on rows at the time at which validation starts", () => {
    const days = times.map((time) => Math.floor(time / 8));
    for (const { training: rows, validation } of folds({ method: "time_series", times: days })) {
      const first = Math.min(...Array.from(validation, (row) => days[row]!));
      for (const row of rows) expect(days[row]).toBeLessThan(first);
    }
  });

  it("fails if there are too few rows, or all have the same time", () => {
    expect(() => folds({ method: "time_series", folds: 15, times })).toThrow(
      "too few training rows (15) for 15 time_series folds",
    );
    expect(() => folds({ method: "time_series", times: times.fill(7) })).toThrow("too few");
  });
});

describe("group_k_fold", () => {
  it("keeps groups together and balances the folds", () => {
    // Training rows per group: a 6, b 4, c 3, d 2. Largest first, each to the smallest fold: 6 | 4 | 3 + 2.
    const sizes = { a: 6, b: 4, c: 3, d: 2 };
    const inOrder = Object.entries(sizes).flatMap(([name, count]) => Array.from({ length: count }, () => name));
    const groups = Array.from(y.keys(), (row) => inOrder[row >> 1]!);
    const found = folds({ method: "group_k_fold", groups });
    expect(found.map(({ validation }) => validation.length)).toEqual([6, 4, 5]);
    for (const { training: rows, validation } of found) {
      const seen = new Set(Array.from(rows, (row) => groups[row]));
      for (const row of validation) expect(seen.has(groups[row])).toBe(false);
    }
  });

  it("fails if there are fewer groups than folds", () => {
    expect(() => folds({ method: "group_k_fold", groups: Array.from(y, () => "one") })).toThrow(
      "too few training rows (15) for 3 group_k_fold folds",
    );
  });
});
