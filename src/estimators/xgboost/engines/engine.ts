/** Engine: grows the trees. Prediction does not need one. */
import type { FitOptions } from "../../../core/estimator.ts";
import type { Matrix } from "../../../core/table/matrix.ts";
import type { BestRound, Watch } from "../train/bestRound.ts";
import type { TreeEnsemble } from "../ensemble.ts";
import type { Objective } from "../objectives.ts";

/** The options of `fit`; `params` are complete, have XGBoost's names, and `tree_method` is never "auto". */
export interface TrainingRequest extends Omit<FitOptions, "task" | "watch"> {
  /** NaN is missing; infinite values are not allowed. */
  readonly X: Matrix;
  readonly y: Float64Array;
  readonly objective: Objective;
}

export interface WatchedFit {
  readonly best: BestRound;
  readonly ensemble: TreeEnsemble;
}

export interface Engine {
  /** As recorded in the run: "wasm" or "native". */
  readonly name: string;
  /** Starts its thread if none is running yet. */
  prepare(): void;
  /** The same request gives the same ensemble. */
  fit(request: TrainingRequest): Promise<TreeEnsemble>;
  /** Trains on the rows of the request until the metric on the rows of `watch` stops improving. */
  findRounds(request: TrainingRequest, watch: Watch): Promise<BestRound>;
  /** The same with the trees of all rounds that were trained; absent if that is not possible. */
  fitWatched?(request: TrainingRequest, watch: Watch): Promise<WatchedFit>;
  /**
   * Margins of `rows` after each of `rounds`, row-major (n_samples × outputs); absent if the engine can only return the
   * model. These are the engine's own sums: it adds the base margin first, our predictor adds it last.
   */
  margins?(request: TrainingRequest, rows: Matrix, rounds: readonly number[]): Promise<Float32Array[]>;
}
