/** Elastic net and lasso: linear regression with an L1 penalty, which sets some coefficients to 0, and an L2 penalty. */
import { param, positive } from "../../core/paramSpec.ts";
import type { TriangularFactor } from "../leastSquares.ts";
import { linearFamily, penaltyParams, type LinearProblem } from "./linearFamily.ts";

const { alpha, fitIntercept } = penaltyParams;
const maxIter = param(
  "max_iter",
  { type: "integer", default: 10_000, minimum: 1 },
  "maximum number of sweeps over the features",
);
const tol = param(
  "tol",
  { ...positive, default: 1e-9 },
  "stop when every coefficient is this close to its optimum, as a share of the largest initial gradient",
);
const l1Ratio = param(
  "l1_ratio",
  { type: "number", default: 0.5, minimum: 0, maximum: 1 },
  "mix of the penalties: 1 is L1 only (lasso), 0 is L2 only",
);

/** The objective of scikit-learn's ElasticNet: ‖y − X w − b‖² / (2 n) + alpha (l1_ratio ‖w‖₁ + (1 − l1_ratio) ‖w‖² / 2). */
export const elasticNet = linearFamily({
  family: "elastic_net",
  description: "linear regression with an L1 and an L2 penalty",
  params: [alpha, l1Ratio, fitIntercept, maxIter, tol],
  solve: (factor, problem) => coordinateDescent(factor, problem, problem.params.l1_ratio as number),
});

/** The objective of scikit-learn's Lasso: ‖y − X w − b‖² / (2 n) + alpha ‖w‖₁. */
export const lasso = linearFamily({
  family: "lasso",
  description: "linear regression with an L1 penalty, which drops features (coefficient 0)",
  params: [alpha, fitIntercept, maxIter, tol],
  solve: (factor, problem) => coordinateDescent(factor, problem, 1),
});

/**
 * Minimizes ‖z − R w‖² / (2 n) + the penalties from w = 0, where n is the number of rows or the sum of their weights.
 * Stops when every coefficient is closer to its optimum than the share `tol` of the largest initial gradient. A sweep
 * costs p², independent of the number of rows.
 * @see Friedman, Hastie & Tibshirani, Regularization paths for generalized linear models (2010)
 */
async function coordinateDescent(
  { size, factor, target }: TriangularFactor,
  { params, totalWeight, turns }: LinearProblem,
  share: number,
): Promise<number[]> {
  const height = target.length;
  const columns = Float64Array.from({ length: factor.length }, (_, at) => {
    return factor[(at % height) * size + Math.floor(at / height)]!; // column-major: sweeps read whole columns
  });
  const residual = Float64Array.from(target); // z − R w, kept up to date
  const dot = (j: number, other: Float64Array, from: number): number => {
    let sum = 0;
    for (let i = 0, at = j * height; i < height; i++, at++) sum += columns[at]! * other[from + i]!;
    return sum;
  };
  const norms = Float64Array.from({ length: size }, (_, j) => dot(j, columns, j * height));
  const coefficients = new Float64Array(size);
  const [l1, l2] = [(params.alpha as number) * share, (params.alpha as number) * (1 - share)];
  let largestGradient = 0;
  for (let j = 0; j < size; j++)
    largestGradient = Math.max(largestGradient, Math.abs(dot(j, residual, 0)) / totalWeight);
  for (let sweep = 0; sweep < (params.max_iter as number); sweep++) {
    if (turns.isDue(2 * columns.length)) await turns.next();
    let worst = 0; // distance of the worst coefficient from its optimum, as a derivative per row
    for (let j = 0; j < size; j++) {
      if (norms[j] === 0) continue;
      const before = coefficients[j]!;
      const curvature = norms[j]! / totalWeight;
      const without = dot(j, residual, 0) / totalWeight + before * curvature;
      const after = (Math.sign(without) * Math.max(0, Math.abs(without) - l1)) / (curvature + l2);
      const step = after - before;
      if (step === 0) continue;
      coefficients[j] = after;
      for (let i = 0, at = j * height; i < height; i++, at++) residual[i]! -= step * columns[at]!;
      worst = Math.max(worst, Math.abs(step) * (curvature + l2));
    }
    if (worst <= (params.tol as number) * largestGradient) break;
  }
  return Array.from(coefficients, (value) => value + 0); // + 0 turns −0 into 0: JSON has no −0
}
