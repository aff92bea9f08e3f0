/** Engine: what grows the trees. Prediction needs none. */
import type { FitOptions } from "../../../core/estimator.ts";
import type { Matrix } from "../../../core/table/matrix.ts";
import type { BestRound, Watch } from "../train/bestRound.ts";
import type { TreeEnsemble } from "../ensemble.ts";
import type { Objective } from "../objectives.ts";

/** The options of `fit`; `params` are complete, by XGBoost's names, and `tree_method` is never "auto". */
export interface TrainingRequest extends Omit<FitOptions, "task"> {
  /** NaN is missing, no infinite values. */
  readonly X: Matrix;
  readonly y: Float64Array;
  readonly objective: Objective;
}

export interface Engine {
  /** As recorded in the run: "wasm", "native". */
  readonly name: string;
  /** Starts its thread, where none runs yet. */
  prepare(): void;
  /** The same request gives the same ensemble. */
  fit(request: TrainingRequest): Promise<TreeEnsemble>;
  /** Trains on the rows of the request until `watch` sees nothing better on its own rows. */
  findRounds(request: TrainingRequest, watch: Watch): Promise<BestRound>;
  /**
   * Margins of `rows` after each of `rounds`, row-major (n_samples × outputs); absent where the engine has to
   * hand out the model for it. The engine's own sums: the base margin comes first, not last.
   */
  margins?(request: TrainingRequest, rows: Matrix, rounds: readonly number[]): Promise<Float32Array[]>;
}
