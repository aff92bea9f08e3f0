/** Candidate: all settings of a model to be fitted. */
import type { Costs } from "../../core/metric.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Calibration } from "../../core/records/model.ts";
import type { TransformRequest } from "../../core/transform.ts";
import type { ClassWeight } from "./classWeights.ts";

export interface Candidate {
  readonly family: string;
  readonly params: JsonObject;
  readonly featureSet: string;
  /** Names of features, with * as wildcard; null: all features. */
  readonly featurePatterns: readonly string[] | null;
  /** Null: chosen automatically from the kinds of the columns. */
  readonly features: readonly TransformRequest[] | null;
  /** Binary: a probability, or "tune" or a metric for the best one on folds of the training part; see tunedMetric. */
  readonly threshold: number | "tune" | { readonly metric: string };
  /** Binary: calibration of probabilities; null or absent: none. */
  readonly calibration?: Calibration["method"] | null;
  /** Classification: weights of the classes; null or absent: all 1. */
  readonly classWeight?: ClassWeight | null;
  /** Metric that "tune" optimizes. */
  readonly metric: string;
  /** If given, "tune" minimizes the cost instead of optimizing `metric`. */
  readonly costs?: Costs | undefined;
  readonly seed: number;
}
