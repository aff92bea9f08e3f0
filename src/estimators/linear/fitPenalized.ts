/** Fits lasso and elastic net, which differ only in the mix of their penalties. */
import type { FitOptions } from "../../core/estimator.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Matrix } from "../../core/table/matrix.ts";
import { centre, triangularFactor } from "../leastSquares.ts";
import { linearModel } from "../linearModel.ts";
import { coordinateDescent } from "./coordinateDescent.ts";

/**
 * Minimizes ‖y − X w − b‖² / (2 n) + alpha · (l1Ratio ‖w‖₁ + (1 − l1Ratio) ‖w‖² / 2); sample weights are normalized by
 * their sum, as in scikit-learn.
 *
 * @param options with resolved parameters: alpha, fit_intercept, max_iter and tol
 */
export async function fitPenalized(
  X: Matrix,
  y: Float64Array,
  options: FitOptions,
  l1Ratio: number,
): Promise<JsonObject> {
  const { params, sampleWeight, signal } = options;
  const centres = centre(X, y, params.fit_intercept === true, sampleWeight);
  const factor = triangularFactor(X, y, centres, sampleWeight);
  const alpha = params.alpha as number;
  const coefficients = await coordinateDescent(factor, {
    totalWeight: sampleWeight === undefined ? X.rowCount : sampleWeight.reduce((sum, weight) => sum + weight, 0),
    l1: alpha * l1Ratio,
    l2: alpha * (1 - l1Ratio),
    maxIterations: params.max_iter as number,
    tolerance: params.tol as number,
    ...(signal === undefined ? {} : { signal }),
  });
  return linearModel.state(coefficients, centres, linearModel.means(X, y, options));
}
