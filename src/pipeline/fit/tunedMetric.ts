/** The metric that a tuned threshold is best for. */
import { MlctlError } from "../../core/errors.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { dependsOnThreshold } from "./bestThreshold.ts";
import type { Candidate } from "./candidate.ts";

/** Metric of "tune" if `metric` of the candidate has the same value at any threshold, such as ROC AUC and log loss. */
const FALLBACK = "f1";

type Tuned = Pick<Candidate, "threshold" | "metric" | "costs">;

/**
 * @returns undefined if the threshold is a number
 * @throws {MlctlError} kind "usage" if the metric of the threshold does not depend on it
 */
export function tunedMetric({ threshold, metric, costs }: Tuned): string | undefined {
  if (typeof threshold === "number") return undefined;
  if (threshold === "tune") {
    if (costs !== undefined) return "cost";
    return dependsOnThreshold(metric) ? metric : FALLBACK;
  }
  const { name } = findMetric(threshold.metric, "binary");
  if (dependsOnThreshold(name) && (name !== "cost" || costs !== undefined)) return name;
  const problem = name === "cost" ? '"costs" is not set' : `${name} does not depend on the threshold`;
  throw new MlctlError("usage", `train.threshold: ${problem}`, { hint: `use { "metric": "${FALLBACK}" }` });
}
