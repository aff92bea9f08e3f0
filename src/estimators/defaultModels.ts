/** The models that are trained if config.json names none. */
import type { Task } from "../core/table/table.ts";
import type { estimators } from "./index.ts";
import { random } from "../core/random.ts";

export interface DefaultModel {
  readonly family: keyof typeof estimators;
  readonly params: Record<string, string | number>;
}

/** Rows times trees per round up to which small steps with many rounds take seconds. */
const SMALL_STEPS = 10_000;

/** More rows times trees per round than this take minutes with several tree models. */
const MANY_TREES = 60_000;

/** With more rows times classes, forests and multinomial regressions over many 0/1 columns take minutes. */
const MANY_CLASS_ROWS = 20_000;
/**
 * With more, the steps are larger still, and the validation rows stop early where they may. On three folds of the training
 * rows of ten tables with 4 to 17 classes the log loss changes by −2.5 to +3.4 %, without a trend in the number of classes,
 * so the limit follows the seconds saved: at most 2.4 with up to nine classes, 7 and 23 with 12 and 16 of letter.
 */
const MANY_CLASSES = 10;
/** With more columns a forest of single rows takes most of the time. */
const MANY_COLUMNS = 30;

/** The families by choice: the baseline, a linear family and the strongest. */
export function defaultFamilies(task: Task): readonly (keyof typeof estimators)[] {
  return ["baseline", task === "regression" ? "linear_regression" : "logistic_regression", "xgboost"];
}

/**
 * Settings that are good on tables in general: small steps with early stopping, sampling, and histograms. On large data
 * and with many classes, where a round takes long, the steps are larger.
 */
export function defaultModels({
  task,
  classCount,
  trainingRows,
  columns,
}: {
  readonly task: Task;
  readonly classCount: number;
  readonly trainingRows: number;
  /** Number of input columns. */
  readonly columns: number;
}): readonly DefaultModel[] {
  const treesPerRound = task === "multiclass" ? classCount : 1;
  const growth = Math.sqrt((trainingRows * treesPerRound) / SMALL_STEPS);
  const isSlow = treesPerRound > MANY_CLASSES;
  const step = Math.min(Math.max(0.05 * growth, 0.05), 0.3) * (isSlow ? 1.25 : 1);
  const learningRate = Math.round(100 * step) / 100;
  const boosting = {
    n_estimators: 2000,
    learning_rate: learningRate,
    early_stopping_rounds: isSlow ? 20 : 50,
    subsample: 0.8,
    colsample_bytree: 0.8,
    tree_method: "hist",
    ...(isSlow ? { early_stopping_fraction: 0 } : {}),
  };
  const linear = task === "regression" ? "ridge" : "logistic_regression";
  if (trainingRows * treesPerRound > MANY_TREES) {
    return [
      { family: "baseline", params: {} },
      ...(task === "multiclass" ? [] : [{ family: linear, params: {} } as const]),
      { family: "xgboost", params: boosting },
    ];
  }
  const trees: readonly DefaultModel[] = [
    { family: "xgboost", params: boosting },
    { family: "xgboost", params: { ...boosting, max_depth: 3 } },
  ];
  if (task === "multiclass" && trainingRows * classCount > MANY_CLASS_ROWS)
    return [{ family: "baseline", params: {} }, ...trees];
  return [
    { family: "baseline", params: {} },
    // With a strong penalty too, which suits few rows and many 0/1 columns.
    ...(task === "regression"
      ? [1, 30].map((alpha) => ({ family: "ridge", params: { alpha } }) as const)
      : [1, 0.03].map((C) => ({ family: "logistic_regression", params: { C } }) as const)),
    ...trees,
    { family: "random_forest", params: columns > MANY_COLUMNS ? { min_samples_leaf: 3 } : {} },
  ];
}

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
