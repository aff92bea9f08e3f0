import { expect, it } from "vitest";
import type { Task } from "../../core/table/table.ts";
import { baselineAhead, rank, type Contender } from "./leaderboard.ts";

function contender(family: string, value: number | null, more: Partial<Contender> = {}): Contender {
  const metrics = { f1: value, rmse: value, log_loss: value };
  return { family, metrics, degenerate: undefined, error: undefined, ...more };
}

function order(contenders: readonly Contender[], metric: string, task: Task): string[] {
  return rank(contenders, metric, task).map(({ family }) => family);
}

it("puts the best value first, for metrics where greater or smaller is better", () => {
  const contenders = [contender("a", 0.5), contender("b", 0.9), contender("c", 0.7)];
  expect(order(contenders, "f1", "binary")).toEqual(["b", "c", "a"]);
  expect(order(contenders, "log_loss", "binary")).toEqual(["a", "c", "b"]);
  expect(order(contenders, "rmse", "regression")).toEqual(["a", "c", "b"]);
});

it("keeps ties in the order of the configuration", () => {
  expect(order([contender("x", 0.5), contender("y", 0.5), contender("z", 0.5)], "f1", "binary")).toEqual([
    "x",
    "y",
    "z",
  ]);
});

it("ranks models that learned nothing after the others, then models without a value, then failed ones", () => {
  const contenders = [
    contender("failed", null, { error: new Error("no") }),
    contender("undefined", null),
    contender("not a number", NaN),
    contender("baseline", 0.8),
    contender("always yes", 0.85, { degenerate: "it predicts yes for all 9 rows" }),
    contender("honest", 0.2),
  ];
  expect(order(contenders, "f1", "binary")).toEqual([
    "honest",
    "always yes",
    "baseline",
    "undefined",
    "not a number",
    "failed",
  ]);
});

it("lets the best model that learned nothing win if there is no other, and does not change its argument", () => {
  const contenders = [contender("dull", 0.4, { degenerate: "it predicts no" }), contender("baseline", 0.6)];
  expect(order(contenders, "f1", "binary")).toEqual(["baseline", "dull"]);
  expect(contenders.map(({ family }) => family)).toEqual(["dull", "baseline"]);
});

it("ranks by the folds if there are any, and ignores the validation rows", () => {
  const folds = (value: number | null) => ({
    selection: {
      method: "k_fold",
      folds: 3,
      values: [value, value, value],
      aggregate: "median" as const,
      value,
      mean: 0.6,
      standardDeviation: 0,
    },
  });
  const contenders = [
    contender("a", 0.9, folds(0.5)),
    contender("b", 0.5, folds(0.9)),
    contender("c", 0.7, folds(null)),
  ];
  expect(order(contenders, "f1", "binary")).toEqual(["b", "a", "c"]);
  expect(order(contenders, "rmse", "regression")).toEqual(["a", "b", "c"]);
});

it("reports a baseline that is better than the winner", () => {
  const ahead = (first: Contender, second: Contender) => baselineAhead([first, second], "rmse", "regression");
  expect(ahead(contender("a", 0.5), contender("baseline", 0.4))).toEqual([
    "the baseline is better than the best model on the validation rows: rmse 0.4 vs 0.5",
  ]);
  expect(ahead(contender("a", 0.5), contender("baseline", 0.5))).toEqual([]);
  expect(ahead(contender("a", 0.5), contender("b", 0.4))).toEqual([]);
  expect(ahead(contender("baseline", 0.5), contender("baseline", 0.4))).toEqual([]);
});
