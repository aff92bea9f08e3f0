/** Fits an estimator and checks what it learned: a state with NaN or Infinity could not be read back from JSON. */
import type { Estimator, FitOptions, FittedEstimator } from "../core/estimator.ts";
import { MlctlError, RowError } from "../core/errors.ts";
import { nonFinitePath } from "../core/json.ts";
import { LARGEST_FLOAT32 } from "../core/largestFloat32.ts";
import type { Matrix } from "../core/table/matrix.ts";

/** @throws {MlctlError} as `Estimator.fit`; kind "data" if a weight or a learned number is not finite */
export async function fitEstimator(
  estimator: Estimator,
  X: Matrix,
  y: Float64Array,
  options: FitOptions,
): Promise<FittedEstimator> {
  requireWeights(options.sampleWeight);
  const fitted = await estimator.fit(X, y, options);
  const path = nonFinitePath(fitted.state);
  if (path === undefined) return fitted;
  throw new MlctlError("data", `${estimator.family} overflows: it learned no finite number for "${path}"`, {
    hint: "the features, weights or parameters are too large or too small: standardize or clip the features",
  });
}

function requireWeights(weights: Float64Array | undefined): void {
  const row = weights?.findIndex((weight) => !(weight >= 0 && weight <= LARGEST_FLOAT32)) ?? -1;
  if (row < 0) return;
  throw new RowError(row, (place) => `the weight of ${place} is ${weights![row]}: it must be from 0 to 3.4e38`, {
    hint: 'set "train.class_weight" to moderate numbers',
  });
}
