/** Trial: one point of a search with its result; `seconds` is the time in the threads, summed over the folds. */
import type { TrialRecord } from "../../core/records/search.ts";
import type { Point } from "./space.ts";

export interface Trial extends Omit<TrialRecord, "trialId"> {
  readonly params: Point;
}
