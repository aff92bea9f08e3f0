import { expect, it } from "vitest";
import type { Evaluation } from "../../core/metric.ts";
import type { Selection } from "../../core/records/lineage.ts";
import { computeMetrics } from "../../metrics/findMetric.ts";
import { doubtfulLead, type Contender } from "./leaderboard.ts";

/** Half the rows are of class 1; the prediction is wrong in every `wrongEvery`th row, starting at row `from`. */
function fitted(family: string, [wrongEvery, from]: readonly [number, number], rows = 200): Contender {
  const yTrue = Float64Array.from({ length: rows }, (_, row) => row % 2);
  const yPred = yTrue.map((value, row) => (row % wrongEvery === from ? 1 - value : value));
  const probabilities = yPred.map((value, row) => (value === 1 ? 0.6 : 0.4) + (row % 7) / 100);
  const evaluation: Evaluation = { task: "binary", classCount: 2, yTrue, yPred, probabilities };
  const metrics = computeMetrics(evaluation);
  return { family, metrics, degenerate: undefined, error: undefined, fitted: { evaluation } };
}

const options = { metric: "accuracy", seed: 42, nameOf: ({ family }: Contender) => family };

it("names two models whose difference may be chance, and the metrics in which the second is better", () => {
  // 20 and 22 of 200 rows are wrong: 0.9 and 0.89.
  const [a, b] = [fitted("a", [10, 1]), fitted("b", [9, 3])];
  const [note, ...others] = doubtfulLead([a, b], options);
  expect(others).toEqual([]);
  expect(note).toMatch(
    /^no significant difference between a and b on 200 validation rows: accuracy 0\.9 vs 0\.89 \(95 % interval of the difference -0\.\d+ to 0\.\d+\)/,
  );
  const better = { ...b, metrics: { ...b.metrics, log_loss: 0, roc_auc: 1 } };
  expect(doubtfulLead([{ ...a, metrics: { ...a.metrics, log_loss: 1, roc_auc: 0.9 } }, better], options)[0]).toMatch(
    /; b is better in .*(log_loss|roc_auc)/,
  );
});

it("names the second model by its rank if both have the same name", () => {
  const [note] = doubtfulLead([fitted("a", [10, 1]), fitted("a", [9, 3])], options);
  expect(note).toMatch(/^no significant difference between a and the second-ranked model/);
});

it("reports nothing for a real lead, a lead decided by folds, models that learned nothing, and many rows", () => {
  const [first, second] = [fitted("a", [20, 1]), fitted("b", [3, 2])];
  // 0.95 against 0.67 on 200 rows: 28 points, with a standard error of 4.
  expect(doubtfulLead([first, second], options)).toEqual([]);
  const close = fitted("b", [19, 3]);
  expect(doubtfulLead([first, close], options)).toHaveLength(1);
  const selection: Selection = {
    method: "k_fold",
    folds: 2,
    values: [0.9, 0.9],
    aggregate: "mean",
    value: 0.9,
    mean: 0.9,
    standardDeviation: 0,
  };
  expect(doubtfulLead([{ ...first, selection }, close], options)).toEqual([]);
  expect(doubtfulLead([first, { ...close, family: "baseline" }], options)).toEqual([]);
  expect(doubtfulLead([first, { ...close, degenerate: "it predicts 1" }], options)).toEqual([]);
  expect(doubtfulLead([first, { ...close, fitted: undefined }], options)).toEqual([]);
  expect(doubtfulLead([first], options)).toEqual([]);
  expect(doubtfulLead([fitted("a", [20, 1], 20_002), fitted("b", [20, 3], 20_002)], options)).toEqual([]);
});

it("says that the rows are too few for a verdict, even if the interval excludes 0", () => {
  // 1 and 10 of 20 rows are wrong.
  const [note] = doubtfulLead([fitted("a", [20, 1], 20), fitted("b", [2, 0], 20)], options);
  expect(note).toMatch(
    /^20 validation rows are too few to compare a and b \(at least 30 are needed\): accuracy 0.95 vs 0.5 /,
  );
});
