import { expect, it } from "vitest";
import type { Task } from "../../core/task.ts";
import { baselineAhead, rank, type Contender } from "./leaderboard.ts";

function contender(family: string, value: number | null, more: Partial<Contender> = {}): Contender {
  const metrics = { f1: value, rmse: value, log_loss: value };
  return { family, metrics, degenerate: undefined, error: undefined, ...more };
}

function order(contenders: readonly Contender[], metric: string, task: Task): string[] {
  return rank(contenders, metric, task).map(({ family }) => family);
}

it("puts the best value first, whichever way is better", () => {
  const contenders = [contender("a", 0.5), contender("b", 0.9), contender("c", 0.7)];
  expect(order(contenders, "f1", "binary")).toEqual(["b", "c", "a"]);
  expect(order(contenders, "log_loss", "binary")).toEqual(["a", "c", "b"]);
  expect(order(contenders, "rmse", "regression")).toEqual(["a", "c", "b"]);
});

it("keeps equals in the order of the configuration", () => {
  expect(order([contender("x", 0.5), contender("y", 0.5), contender("z", 0.5)], "f1", "binary")).toEqual([
    "x",
    "y",
    "z",
  ]);
});

it("puts what learned nothing after every model that did, what has no value after it, and what failed last", () => {
  const contenders = [
    contender("failed", null, { error: new Error("no") }),
    contender("undefined", null),
    contender("not a number", NaN),
    contender("baseline", 0.8),
    contender("always yes", 0.85, { degenerate: "it answers yes for every one of 9 rows" }),
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

it("lets the best of those that learned nothing win where there is no other, and leaves its argument alone", () => {
  const contenders = [contender("dull", 0.4, { degenerate: "it answers no" }), contender("baseline", 0.6)];
  expect(order(contenders, "f1", "binary")).toEqual(["baseline", "dull"]);
  expect(contenders.map(({ family }) => family)).toEqual(["dull", "baseline"]);
});

it("ranks by the folds of the training part where there are any, whatever the validation part says", () => {
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

it("tells of a baseline that does better than the winner", () => {
  const ahead = (first: Contender, second: Contender) => baselineAhead([first, second], "rmse", "regression");
  expect(ahead(contender("a", 0.5), contender("baseline", 0.4))).toEqual([
    "the baseline does better on the validation rows than the best model: rmse 0.4 against 0.5",
  ]);
  expect(ahead(contender("a", 0.5), contender("baseline", 0.5))).toEqual([]);
  expect(ahead(contender("a", 0.5), contender("b", 0.4))).toEqual([]);
  expect(ahead(contender("baseline", 0.5), contender("baseline", 0.4))).toEqual([]);
});
