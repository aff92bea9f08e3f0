/** Shapley values of a linear model: the coefficient times the distance from the mean of the training rows. */
import type { Contributions } from "../core/estimator.ts";
import type { Matrix } from "../core/table/matrix.ts";

export interface LinearOutput {
  /** (n_features) */
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/**
 * Exact if the features are independent, which linear SHAP assumes ("interventional").
 * @param outputs one, or one per class
 * @param means feature means over the training rows, (n_features)
 * @see Lundberg & Lee, A unified approach to interpreting model predictions (2017), corollary 1
 */
export function linearContributions(outputs: readonly LinearOutput[], means: Float64Array, X: Matrix): Contributions {
  const width = means.length;
  const outputCount = outputs.length;
  const values = new Float64Array(X.rowCount * outputCount * width);
  for (let i = 0, at = 0; i < X.rowCount; i++) {
    for (const { coefficients } of outputs) {
      for (let j = 0; j < width; j++, at++) values[at] = coefficients[j]! * (X.values[i * width + j]! - means[j]!);
    }
  }
  const baseValues = Float64Array.from(outputs, ({ coefficients, intercept }) =>
    coefficients.reduce((sum, coefficient, j) => sum + coefficient * means[j]!, intercept),
  );
  return { outputCount, values, baseValues };
}
