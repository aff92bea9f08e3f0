/** Messages to and from the threads of a search. */
import type { ErrorKind } from "../../core/errors.ts";
import type { Aggregate } from "../../core/records/run.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Candidate } from "../fit/candidate.ts";
import type { Split } from "../fit/splitRows.ts";
import type { TrainingData } from "../fit/partOf.ts";

/** Sent to each thread once. */
export interface TrialWork {
  readonly data: TrainingData;
  readonly subjects: readonly TrialSubject[];
}

/** Subject of one search: a candidate without the parameters to search, and its folds. */
export interface TrialSubject {
  readonly candidate: Candidate;
  readonly folds: readonly Split[];
  /** How the values of the folds are aggregated. */
  readonly aggregate: Aggregate;
}

/** Points that share one fit on one fold. */
export interface TrialTask {
  /** Position in TrialWork.subjects. */
  readonly subject: number;
  readonly fold: number;
  /** All parameters of the point with the longest fit, including those that are not searched. */
  readonly params: JsonObject;
  /** Value of the family's `stages` parameter for each point; null if the family has none or for a single point. */
  readonly stages: readonly number[] | null;
}

export type TrialResult =
  | {
      /** One per point: predictions for the validation rows of the fold, as Predictor.predict. */
      readonly predictions: readonly Float64Array[];
      readonly seconds: number;
    }
  | { readonly error: { readonly kind: ErrorKind; readonly message: string; readonly hint: string | undefined } };
