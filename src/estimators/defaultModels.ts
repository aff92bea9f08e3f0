/** The models that are trained if config.json names none. */
import type { Task } from "../core/task.ts";
import type { estimators } from "./index.ts";

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
 * With more, the steps are larger still: on 26 classes a quarter of the time for 0.001 of the accuracy (validation). The
 * validation rows stop early where they may: a fifth of the time less.
 */
const MANY_CLASSES = 10;
/** With more columns a forest of single rows takes most of the time (ames, 80 columns: 47 s, with three rows a leaf 15 s). */
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
