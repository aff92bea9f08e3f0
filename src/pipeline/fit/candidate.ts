/** Candidate: a model to be fitted, with all that decides it beside the data. */
import type { Costs } from "../../core/costs.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Calibration } from "../../core/records/model.ts";
import type { TransformRequest } from "../../core/transform.ts";
import type { ClassWeight } from "./classWeights.ts";

export interface Candidate {
  readonly family: string;
  readonly params: JsonObject;
  readonly featureSet: string;
  /** Names of features, * as wildcard; every feature where null. */
  readonly featurePatterns: readonly string[] | null;
  /** Chosen from the kinds of the columns where null. */
  readonly features: readonly TransformRequest[] | null;
  /** Binary: a probability, or "tune" for the best on folds of the training part. */
  readonly threshold: number | "tune";
  /** Binary: how probabilities are corrected; not at all where null or left out. */
  readonly calibration?: Calibration["method"] | null;
  /** Classification: how much rows of each class count; all alike where null or left out. */
  readonly classWeight?: ClassWeight | null;
  /** What "tune" makes best. */
  readonly metric: string;
  /** Where config.json has them: "tune" makes these least. */
  readonly costs?: Costs | undefined;
  readonly seed: number;
}
