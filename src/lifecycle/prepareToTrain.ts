/** Starts what the configured families would wait for at their first fit, while data is still being read. */
import { findEstimator } from "../estimators/findEstimator.ts";
import type { Workspace } from "./workspace.ts";

export function prepareToTrain({ config }: Workspace): void {
  // Without a list xgboost is among the candidates, and the only one that has an engine.
  const models = config.train.models ?? [{ family: "xgboost", params: {} }];
  for (const { family, params } of models) findEstimator(family).prepare?.(params);
}
