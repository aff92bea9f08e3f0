/** TrialTask: what the threads of a search are handed, and what they answer. */
import type { ErrorKind } from "../../core/errors.ts";
import type { Aggregate } from "../../core/records/run.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Candidate } from "../fit/candidate.ts";
import type { Fold } from "../fit/foldsOf.ts";
import type { TrainingData } from "../fit/partOf.ts";

/** What each thread is given once. */
export interface TrialWork {
  readonly data: TrainingData;
  readonly subjects: readonly TrialSubject[];
}

/** What one search is about: a candidate without the parameters that are searched for. */
export interface TrialSubject {
  readonly candidate: Candidate;
  readonly folds: readonly Fold[];
  /** How their figures become a trial's. */
  readonly aggregate: Aggregate;
}

/** Points that one fit on one fold answers. */
export interface TrialTask {
  /** Position in TrialWork. */
  readonly subject: number;
  readonly fold: number;
  /** Of the longest of them, those that are not searched for included. */
  readonly params: JsonObject;
  /** Each point's value of the family's `stages` parameter; null where it has none or there is one point. */
  readonly stages: readonly number[] | null;
}

export type TrialAnswer =
  | {
      /** One a point: what its model says of the fold's judged rows, as Predictor.predict. */
      readonly answers: readonly Float64Array[];
      readonly seconds: number;
    }
  | { readonly error: { readonly kind: ErrorKind; readonly message: string; readonly hint: string | undefined } };
