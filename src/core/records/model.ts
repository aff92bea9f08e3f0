/** Model: one self-contained JSON file that predicts; reading it can run nothing. */
import type { FittedEstimator } from "../estimator.ts";
import type { JsonObject } from "../json.ts";
import type { Reference } from "./reference.ts";
import type { Signature } from "../table/signature.ts";

/** Raised by one when an older mlctl could not read the file rightly. */
export const MODEL_VERSION = 1;

/** A transform with what it learned: `type` names it in the registry of features. */
export interface FittedTransform {
  readonly type: string;
  readonly state: JsonObject;
}

/** How the probability of class 1 is corrected: along a sigmoid of its log-odds (Platt), or along steps (isotonic). */
export type Calibration =
  | { readonly method: "sigmoid"; readonly slope: number; readonly intercept: number }
  | { readonly method: "isotonic"; readonly x: readonly number[]; readonly y: readonly number[] };

/** The same data, configuration and seed give the same bytes: no clock, no run id and no path is in here. */
export interface Model {
  readonly format: "mlctl-model";
  readonly version: number;
  readonly codeVersion: string;
  readonly signature: Signature;
  readonly transforms: readonly FittedTransform[];
  readonly estimator: FittedEstimator;
  /** The baseline family on the same training rows: what every score is told beside. */
  readonly baseline: FittedEstimator;
  /** Binary only: class 1 is predicted from this probability on. */
  readonly threshold: number | null;
  /** Binary only, where it is configured: what the estimator says is corrected before the threshold. */
  readonly calibration?: Calibration;
  /** On the validation part. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Mean loss of score when a column is shuffled, or the family's own importance; by feature, largest first. */
  readonly importance: readonly (readonly [string, number])[];
  readonly lineage: {
    readonly datasetSha256: string;
    readonly configSha256: string;
    readonly seed: number;
    readonly featureSet: string;
    readonly trainingRows: number;
    readonly validationRows: number;
  };
  readonly reference: Reference;
  /** Hash of all the rest, so that a truncated or edited file is noticed wherever it lies. */
  readonly sha256: string;
}
