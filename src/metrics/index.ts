/** Registry of metrics, by their names in config.json and --json, in display order. */
import { accuracy } from "./accuracy.ts";
import { averagePrecision } from "./averagePrecision.ts";
import { balancedAccuracy } from "./balancedAccuracy.ts";
import { brier } from "./brier.ts";
import { cost } from "./cost.ts";
import { f1 } from "./f1.ts";
import { kappa } from "./kappa.ts";
import { logLoss } from "./logLoss.ts";
import { mae } from "./mae.ts";
import { mape } from "./mape.ts";
import { maxError } from "./maxError.ts";
import { mcc } from "./mcc.ts";
import { medianAbsoluteError } from "./medianAbsoluteError.ts";
import { mse } from "./mse.ts";
import { precision } from "./precision.ts";
import { r2 } from "./r2.ts";
import { recall } from "./recall.ts";
import type { ResampledMetric } from "./resampledMetric.ts";
import { rmse } from "./rmse.ts";
import { rocAuc } from "./rocAuc.ts";
import { smape } from "./smape.ts";

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
