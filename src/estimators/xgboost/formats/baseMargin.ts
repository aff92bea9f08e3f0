/** Converts XGBoost's base score (a prediction) to the base margin that is added to the leaf values. */
import { objectives, type Objective } from "../objectives.ts";
import { shortFloat } from "./shortFloat.ts";

/** In float32 as XGBoost: `-logf(1.0f / base_score - 1.0f)` for logistic, `logf` for log, else unchanged. */
export function baseMarginOf(baseScore: number, objective: Objective): number {
  const score = Math.fround(baseScore);
  const { link } = objectives[objective];
  if (link === "log") return shortFloat(Math.fround(Math.log(score))) + 0;
  if (link !== "logistic") return shortFloat(score);
  const margin = Math.fround(-Math.log(Math.fround(Math.fround(1 / score) - 1)));
  return shortFloat(margin) + 0; // + 0 turns −0 into 0: JSON has no −0
}
