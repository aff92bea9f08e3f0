/** Registry of model families. To add one, add its file and a line here. Importing the registry loads no engine. */
import type { Estimator } from "../core/estimator.ts";
import { baseline } from "./baseline.ts";
import { elasticNet, lasso } from "./linear/elasticNet.ts";
import { linearRegression } from "./linear/linearRegression.ts";
import { ridge } from "./linear/ridge.ts";
import { logisticRegression } from "./logistic/logisticRegression.ts";
import { naive, seasonalNaive } from "./naive.ts";
import { randomForest } from "./xgboost/randomForest.ts";
import { xgboost } from "./xgboost/xgboost.ts";

/** Keyed by the name used in config.json and in model files. */
export const estimators = {
  baseline,
  naive,
  seasonal_naive: seasonalNaive,
  linear_regression: linearRegression,
  ridge,
  lasso,
  elastic_net: elasticNet,
  logistic_regression: logisticRegression,
  random_forest: randomForest,
  xgboost,
} satisfies Record<string, Estimator>;
