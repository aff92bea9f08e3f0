import { expect, it } from "vitest";
import { againstNaive, worseThanNaive } from "./againstNaive.ts";

const series = [{ step: { unit: "millisecond", count: 86_400_000 } }] as const;
const columns = { timeColumn: "day", by: ["shop"] };

function compared(model: readonly number[], baseline: readonly number[]) {
  const steps = (errors: readonly number[]) => [errors.map((each) => Float64Array.of(each, -each))];
  return againstNaive({ residuals: steps(model), naive: steps(baseline) }, series)!;
}

it("names the step from which the baseline is better on the whole, not the first one by chance", () => {
  const found = compared([1, 4, 1, 5, 6, 7], [3, 3, 3, 3, 6, 3]);
  expect(found).toEqual({ season: 7, steps: 6, model: 4, baseline: 3.5, worseFrom: 4 });
  expect(worseThanNaive(found, columns)).toEqual([
    `the model is worse than the last 7 values repeated, from step 4 on: mean absolute error 4, of the last 7 values repeated 3.5 over 6 steps of the back-tests; shorten --horizon to 3, or train with {"time_column":"day","features":[{"type":"lag","by":["shop"]}],"train":{"models":[{"family":"seasonal_naive"}]}} and predict with \`--model latest\``,
  ]);
});

it("does not warn of a model that is better, or the baseline itself", () => {
  const better = compared([1, 4], [3, 3]);
  expect([better.worseFrom, worseThanNaive(better, columns)]).toEqual([2, []]);
  const same = compared([3, 3], [3, 3]);
  expect([same.worseFrom, worseThanNaive(same, columns)]).toEqual([null, []]);
});

it("compares the steps for which both have errors", () => {
  const own = [[Float64Array.of(2, 100), Float64Array.of(4), Float64Array.of()]];
  const naive = [[Float64Array.of(3, NaN), Float64Array.of(5), Float64Array.of()]];
  expect(againstNaive({ residuals: own, naive }, series)).toMatchObject({ steps: 2, model: 3, baseline: 4 });
  expect(againstNaive({ residuals: [[]], naive: [[]] }, series)).toBeUndefined();
});
