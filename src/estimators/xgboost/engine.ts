/** Engine: what grows the trees. Prediction needs none. */
import type { JsonObject } from "../../core/json.ts";
import type { Matrix } from "../../core/matrix.ts";
import type { Objective, TreeEnsemble } from "./ensemble.ts";

export interface TrainingRequest {
  /** NaN is missing, no infinite values. */
  readonly X: Matrix;
  readonly y: Float64Array;
  readonly objective: Objective;
  /** 0 for regression. */
  readonly classCount: number;
  /** Complete, by XGBoost's names; `tree_method` is never "auto". */
  readonly params: JsonObject;
  readonly seed: number;
  readonly sampleWeight?: Float64Array;
  readonly signal?: AbortSignal;
  readonly onProgress?: (share: number) => void;
}

export interface Engine {
  /** As recorded in the run: "wasm", "native". */
  readonly name: string;
  /** The same request gives the same ensemble. */
  fit(request: TrainingRequest): Promise<TreeEnsemble>;
}
