import { describe, expect, it } from "vitest";
import { selectionFolds, type Period, type SelectionOptions } from "./selectionFolds.ts";

const y = Float64Array.from({ length: 30 }, (_, row) => (row % 3 === 0 ? 1 : 0));
/** Every second row trains. */
const training = Int32Array.from({ length: 15 }, (_, i) => 2 * i);

function folds(change: Partial<SelectionOptions>) {
  return selectionFolds(y, training, { method: "k_fold", folds: 3, seed: 1, classCount: 2, ...change });
}

const judgedRows = (found: ReturnType<typeof folds>): number[] => found.flatMap(({ judged }) => [...judged]);
const ascending = (rows: readonly number[]): number[] => rows.toSorted((a, b) => a - b);

describe.each(["k_fold", "stratified_k_fold", "group_k_fold"] as const)("%s", (method) => {
  const groups = Array.from(y.keys(), (row) => ["a", "b", "c", "d", null][row % 5]!);

  it("judges every training row once, trains on the others, and touches no row beside them", () => {
    const found = folds({ method, groups });
    expect(ascending(judgedRows(found))).toEqual([...training]);
    for (const fold of found) expect(ascending([...fold.training, ...fold.judged])).toEqual([...training]);
  });
});

it("stratified_k_fold spreads the classes evenly, whatever rows do not train", () => {
  const ones = folds({ method: "stratified_k_fold", folds: 5 }).map(
    ({ judged }) => judged.filter((row) => y[row] === 1).length,
  );
  expect(ones).toEqual([1, 1, 1, 1, 1]);
});

describe("time_series", () => {
  const times = Float64Array.from(y.keys(), (row) => 1000 - row);

  it("trains on all that happened before, as TimeSeriesSplit", () => {
    // [(a.tolist(), b.tolist()) for a, b in TimeSeriesSplit(3).split(range(15))]: judged 6–8, 9–11, 12–14.
    const found = folds({ method: "time_series", times });
    const byAge = Array.from(training).toReversed();
    expect(found.map(({ judged }) => [...judged])).toEqual(
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

  // Rows 0, 2, … 28 lie three weeks apart from 2021-12-20 on: row 28 at 2022-10-10.
  it.each<[Period, number, readonly (readonly [number, number])[]]>([
    ["year", 1, [[2, 28]]],
    [
      "quarter",
      2,
      [
        [20, 26],
        [28, 28],
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
  ])("judges whole periods on request: %s", (period, count, judged) => {
    const days = times.map((_, row) => Date.UTC(2021, 11, 20) + (row / 2) * 21 * 86_400_000);
    const found = folds({ method: "time_series", folds: count, times: days, period });
    expect(found.map((fold) => [...fold.judged])).toEqual(
      judged.map(([from, to]) => [...training].filter((row) => row >= from && row <= to)),
    );
    for (const fold of found) expect([...fold.training]).toEqual([...training].filter((row) => row < fold.judged[0]!));
  });

  it("says so where there are fewer periods than folds, or nothing before the first", () => {
    const days = times.map((_, row) => Date.UTC(2021, 11, 20) + (row / 2) * 21 * 86_400_000);
    const said = "15 training rows are too few for 2 time_series folds of a year each";
    expect(() => folds({ method: "time_series", folds: 2, times: days, period: "year" })).toThrow(said);
  });

  it("trains on no row of the instant at which judging starts", () => {
    const days = times.map((time) => Math.floor(time / 8));
    for (const { training: rows, judged } of folds({ method: "time_series", times: days })) {
      const first = Math.min(...Array.from(judged, (row) => days[row]!));
      for (const row of rows) expect(days[row]).toBeLessThan(first);
    }
  });

  it("says so where there are too few rows, or all are of one instant", () => {
    expect(() => folds({ method: "time_series", folds: 15, times })).toThrow(
      "15 training rows are too few for 15 time_series folds",
    );
    expect(() => folds({ method: "time_series", times: times.fill(7) })).toThrow("too few");
  });
});

describe("group_k_fold", () => {
  it("keeps groups whole and the folds as even as they allow", () => {
    // Groups by rows that train: a 6, b 4, c 3, d 2. The largest first, each to the smallest fold: 6 | 4 | 3 + 2.
    const sizes = { a: 6, b: 4, c: 3, d: 2 };
    const inOrder = Object.entries(sizes).flatMap(([name, count]) => Array.from({ length: count }, () => name));
    const groups = Array.from(y.keys(), (row) => inOrder[row >> 1]!);
    const found = folds({ method: "group_k_fold", groups });
    expect(found.map(({ judged }) => judged.length)).toEqual([6, 4, 5]);
    for (const { training: rows, judged } of found) {
      const seen = new Set(Array.from(rows, (row) => groups[row]));
      for (const row of judged) expect(seen.has(groups[row])).toBe(false);
    }
  });

  it("says so where there are fewer groups than folds", () => {
    expect(() => folds({ method: "group_k_fold", groups: Array.from(y, () => "one") })).toThrow(
      "too few for 3 group_k_fold folds",
    );
  });
});
