/** Engine: what grows the trees. Prediction needs none. */
import type { FitOptions } from "../../core/estimator.ts";
import type { Matrix } from "../../core/matrix.ts";
import type { Objective, TreeEnsemble } from "./ensemble.ts";

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
  /** The same request gives the same ensemble. */
  fit(request: TrainingRequest): Promise<TreeEnsemble>;
}
