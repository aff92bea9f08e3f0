/** What `tune` searches if no model of config.json has a search: ranges that suit most tables. */
import type { DimensionSettings } from "./space.ts";

interface Range {
  readonly distribution: NonNullable<DimensionSettings["distribution"]>;
  readonly low: number;
  readonly high: number;
}

const range = (distribution: Range["distribution"], low: number, high: number): Range => ({ distribution, low, high });

/** By family. */
export const defaultSpaces: Readonly<Record<string, Record<string, Range>>> = {
  ridge: { alpha: range("log_uniform", 0.01, 1000) },
  lasso: { alpha: range("log_uniform", 0.0001, 10) },
  elastic_net: { alpha: range("log_uniform", 0.0001, 10), l1_ratio: range("uniform", 0.05, 0.95) },
  logistic_regression: { C: range("log_uniform", 0.001, 100) },
  random_forest: { max_features: range("uniform", 0.1, 1), min_samples_leaf: range("log_integer", 1, 30) },
  xgboost: {
    max_depth: range("integer", 2, 10),
    min_child_weight: range("log_integer", 1, 30),
    subsample: range("uniform", 0.5, 1),
    colsample_bytree: range("uniform", 0.5, 1),
    reg_lambda: range("log_uniform", 0.1, 30),
  },
};
