/** Registry of metrics, by their names in config.json and --json, in display order. */
import {
  accuracy,
  averagePrecision,
  balancedAccuracy,
  brier,
  f1,
  kappa,
  logLoss,
  mcc,
  precision,
  recall,
  rocAuc,
} from "./classification.ts";
import { cost, mae, mape, maxError, medianAbsoluteError, mse, r2, rmse, smape } from "./regression.ts";
import type { ResampledMetric } from "./meanMetric.ts";

export const metrics = {
  accuracy,
  balanced_accuracy: balancedAccuracy,
  precision,
  recall,
  f1,
  roc_auc: rocAuc,
  average_precision: averagePrecision,
  log_loss: logLoss,
  brier,
  mcc,
  kappa,
  rmse,
  mse,
  mae,
  mape,
  smape,
  r2,
  median_absolute_error: medianAbsoluteError,
  max_error: maxError,
  cost,
} satisfies Record<string, ResampledMetric>;
