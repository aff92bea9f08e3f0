/** Early-stopping rule: finds the round with the best metric on held-out rows. */
import type { Matrix } from "../../../core/table/matrix.ts";

/** Held-out rows that every round is evaluated on, and when to stop. */
export interface Watch {
  /** NaN is missing. */
  readonly X: Matrix;
  readonly y: Float64Array;
  readonly sampleWeight?: Float64Array;
  /** XGBoost's name, e.g. "rmse". */
  readonly metric: string;
  /** Number of rounds without improvement after which training stops. */
  readonly patience: number;
}

export interface BestRound {
  /** Round with the best value, counted from 0; the first one on ties. */
  readonly iteration: number;
  readonly score: number;
}

export interface RoundWatcher {
  /** Records the metric of the next round. @returns whether to continue */
  record(score: number): boolean;
  best(): BestRound;
}

/** How the error of a metric without a value ends. It crosses threads, where only its message is left. */
export const UNDEFINED = "is undefined on the rows held out for early stopping";

/** Same rule as Python's xgboost.callback.EarlyStopping: an equal value is not an improvement. */
export function watchRounds(metric: string, patience: number): RoundWatcher {
  const sign = metric === "auc" ? -1 : 1;
  let best: BestRound = { iteration: -1, score: Number.NaN };
  let round = -1;
  return {
    record(score) {
      round++;
      if (Number.isNaN(score)) throw new Error(`${metric} ${UNDEFINED}`);
      if (best.iteration < 0 || sign * score < sign * best.score) best = { iteration: round, score };
      return round - best.iteration < patience;
    },
    best: () => best,
  };
}
