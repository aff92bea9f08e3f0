/** What the optimizers minimize: a smooth convex function of a weight vector. */
export interface Objective {
  /** Number of weights. */
  readonly size: number;
  /**
   * Value at `weights`; overwrites `gradient` (size) and, where given, `hessian` (row-major size × size, the upper
   * triangle is enough).
   */
  evaluate(weights: Float64Array, gradient: Float64Array, hessian: Float64Array | null): number;
}

/** Where an optimizer ended. */
export interface Optimum {
  readonly weights: Float64Array;
  readonly iterations: number;
  /** False where `maxIterations` ended it first. */
  readonly converged: boolean;
}

export interface OptimizerOptions {
  readonly maxIterations: number;
  /** Ends when no component of the gradient is larger, as in scikit-learn. */
  readonly tolerance: number;
  readonly signal?: AbortSignal;
}

/** Rows with what the loss needs; classes are 0 … k − 1, all present. */
export interface LogisticProblem {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Row-major, (rowCount × columnCount). */
  readonly values: Float64Array;
  readonly y: Float64Array;
  readonly rowWeights: Float64Array | null;
  readonly classCount: number;
  /** Inverse of the penalty's strength; the intercept is not penalized. */
  readonly C: number;
  readonly hasIntercept: boolean;
}
