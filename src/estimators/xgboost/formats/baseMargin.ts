/** XGBoost keeps a base score on the side of the answer; what is added to the leaves is on the side of the margin. */
import { objectives, type Objective } from "../objectives.ts";
import { shortFloat } from "./shortFloat.ts";

/** float32 step by step, as XGBoost does: `-logf(1.0f / base_score - 1.0f)` or `logf`; the same number elsewhere. */
export function baseMarginOf(baseScore: number, objective: Objective): number {
  const score = Math.fround(baseScore);
  const { link } = objectives[objective];
  if (link === "log") return shortFloat(Math.fround(Math.log(score))) + 0;
  if (link !== "logistic") return shortFloat(score);
  const margin = Math.fround(-Math.log(Math.fround(Math.fround(1 / score) - 1)));
  return shortFloat(margin) + 0; // no −0, which JSON forgets
}
