/** Models to try when there is time for more than the default ones. */
import { random } from "../core/random.ts";
import type { Task } from "../core/task.ts";
import type { DefaultModel } from "./defaultModels.ts";

/** Drawn ones differ in what matters most for trees, over ranges that suit most tables. */
const DRAWN = { depths: [2, 10], childWeights: [1, 30], shares: [0.5, 1], penalties: [0.1, 30] } as const;

/**
 * Endless and always the same for a seed: first a few that differ much from each other and from the default ones, the
 * quick ones first, then drawn ones.
 * @param boosting parameters of the default boosting
 */
export function* portfolio(task: Task, boosting: DefaultModel["params"], seed: number): Generator<DefaultModel> {
  if (task === "regression") yield { family: "ridge", params: { alpha: 300 } };
  else yield { family: "logistic_regression", params: { C: 0.003 } };
  const varied: Record<string, number>[] = [
    { max_depth: 2 },
    { max_depth: 5, min_child_weight: 10, reg_lambda: 10 },
    { max_depth: 8, min_child_weight: 5, colsample_bytree: 0.5 },
    { max_depth: 4, subsample: 0.5, colsample_bytree: 0.5 },
  ];
  for (const params of varied) yield { family: "xgboost", params: { ...boosting, ...params } };
  yield { family: "random_forest", params: { max_features: 0.8 } };
  yield { family: "random_forest", params: { max_features: 0.25, min_samples_leaf: 3 } };
  const { uniform } = random(seed);
  const between = ([low, high]: readonly [number, number]): number => low + uniform() * (high - low);
  for (;;) {
    const [low, high] = DRAWN.penalties;
    yield {
      family: "xgboost",
      params: {
        ...boosting,
        max_depth: Math.round(between(DRAWN.depths)),
        min_child_weight: Math.round(between(DRAWN.childWeights)),
        subsample: rounded(between(DRAWN.shares)),
        colsample_bytree: rounded(between(DRAWN.shares)),
        reg_lambda: rounded(low * (high / low) ** uniform()),
      },
    };
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
