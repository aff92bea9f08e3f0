import { expect, it } from "vitest";
import type { Aggregate } from "../../core/records/run.ts";
import { aggregateFolds } from "../../pipeline/fit/crossValidate.ts";
import { decidingFold, rank, type Contender } from "./leaderboard.ts";

function notesOf(folds: Readonly<Record<string, readonly number[]>>, aggregate: Aggregate, method = "time_series") {
  const contenders = Object.entries(folds).map(([family, values]): Contender => {
    const value = aggregateFolds(values, aggregate);
    const selection = { method, folds: values.length, values, aggregate, value, mean: value, standardDeviation: 0 };
    return { family, metrics: {}, selection, degenerate: undefined, error: undefined };
  });
  const options = { metric: "rmse", task: "regression" as const, nameOf: ({ family }: Contender) => family };
  return decidingFold(rank(contenders, "rmse", "regression"), options);
}

// RMSE of the crs system's linear regression and trees on its lags, on five folds of its 141 rows; the last one holds
// the pause of 2021. Without it the means are (17.29 + 6.87 + 3.17 + 3.1) / 4 and (21.77 + 10.07 + 9.7 + 6.54) / 4.
const crs = { linear: [17.29, 6.87, 3.17, 3.1, 121.75], trees: [21.77, 10.07, 9.7, 6.54, 22.7] };

it("names the fold that decides the result, and the model that would win without it", () => {
  expect(notesOf(crs, "mean")).toEqual([
    "one of 5 folds decides the result (number 5 in time): without it linear would win, rmse 7.607 vs 12.02",
  ]);
  expect(notesOf(crs, "mean", "k_fold")).toEqual([
    "one of 5 folds decides the result: without it linear would win, rmse 7.607 vs 12.02",
  ]);
});

it("reports nothing if no fold decides, if several do, or if a baseline would win", () => {
  expect(notesOf(crs, "trimmed_mean")).toEqual([]);
  expect(notesOf({ a: [1, 2, 3], b: [2, 3, 4] }, "mean")).toEqual([]);
  // Without the first or without the second b would win.
  expect(notesOf({ a: [1, 1, 9], b: [4, 4, 4] }, "mean")).toEqual([]);
  expect(notesOf({ a: [1, 9, 9], baseline: [4, 4, 4] }, "mean")).toEqual([]);
  expect(notesOf({ a: [1, 9], b: [8, 3] }, "mean")).toEqual([]);
});
