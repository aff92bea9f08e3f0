/** BestRound: after how many trees a model is best on rows that it does not learn from. */
import type { Matrix } from "../../../core/table/matrix.ts";

/** Rows that judge every round, and when to give up. */
export interface Watch {
  /** NaN is missing. */
  readonly X: Matrix;
  readonly y: Float64Array;
  readonly sampleWeight?: Float64Array;
  /** By XGBoost's name, e.g. "rmse". */
  readonly metric: string;
  /** Rounds without a better value after which it ends. */
  readonly patience: number;
}

export interface BestRound {
  /** The round of the best value, counted from 0; the first of equals. */
  readonly iteration: number;
  readonly score: number;
}

export interface RoundWatcher {
  /** Takes the value of the next round. @returns whether to go on */
  see(score: number): boolean;
  best(): BestRound;
}

/** The rule of Python's xgboost.callback.EarlyStopping: only a better value counts, an equal one does not. */
export function watchRounds(metric: string, patience: number): RoundWatcher {
  const sign = metric === "auc" ? -1 : 1;
  let best: BestRound = { iteration: -1, score: Number.NaN };
  let round = -1;
  return {
    see(score) {
      round++;
      if (Number.isNaN(score)) throw new Error(`${metric} is undefined on the rows set aside for early stopping`);
      if (best.iteration < 0 || sign * score < sign * best.score) best = { iteration: round, score };
      return round - best.iteration < patience;
    },
    best: () => best,
  };
}
