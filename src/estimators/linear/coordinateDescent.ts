/** Coordinate descent for least squares with L1 and L2 penalties, the objective of lasso and elastic net. */
import type { TriangularFactor } from "../leastSquares.ts";
import type { LinearProblem } from "./linearFamily.ts";

/**
 * Minimizes ‖z − R w‖² / (2 n) + alpha · (l1Ratio ‖w‖₁ + (1 − l1Ratio) ‖w‖² / 2) from w = 0, where n is the number of rows
 * or the sum of their weights, as in scikit-learn. Stops when every coefficient is closer to its optimum than the share
 * `tol` of the largest initial gradient. A sweep costs p², independent of the number of rows.
 * @see Friedman, Hastie & Tibshirani, Regularization paths for generalized linear models (2010)
 */
export async function coordinateDescent(
  { size, factor, target }: TriangularFactor,
  { params, totalWeight, turns }: LinearProblem,
  l1Ratio: number,
): Promise<number[]> {
  const height = target.length;
  const columns = Float64Array.from({ length: factor.length }, (_, at) => {
    return factor[(at % height) * size + Math.floor(at / height)]!; // column-major: sweeps read whole columns
  });
  const coefficients = new Float64Array(size);
  const residual = Float64Array.from(target);
  const norms = squaredNorms(columns, height, size);
  const alpha = params.alpha as number;
  const problem = {
    columns,
    residual,
    coefficients,
    norms,
    totalWeight,
    l1: alpha * l1Ratio,
    l2: alpha * (1 - l1Ratio),
  };
  let largestGradient = 0;
  for (let j = 0; j < size; j++) {
    largestGradient = Math.max(largestGradient, Math.abs(correlation(problem, j)) / totalWeight);
  }
  for (let sweep = 0; sweep < (params.max_iter as number); sweep++) {
    if (turns.isDue(2 * columns.length)) await turns.next();
    if (sweepOnce(problem) <= (params.tol as number) * largestGradient) break;
  }
  return Array.from(coefficients, (value) => value + 0); // + 0 turns −0 into 0: JSON has no −0
}

interface Problem {
  readonly columns: Float64Array;
  /** z − R w, kept up to date. */
  readonly residual: Float64Array;
  readonly coefficients: Float64Array;
  readonly norms: Float64Array;
  readonly totalWeight: number;
  /** Penalties per row: Σ l1 |w_j| + l2 w_j² / 2. */
  readonly l1: number;
  readonly l2: number;
}

/** @returns how far the worst coefficient was from its optimum, as a derivative per row */
function sweepOnce(problem: Problem): number {
  const { columns, residual, coefficients, norms, totalWeight, l1, l2 } = problem;
  const height = residual.length;
  let worst = 0;
  for (let j = 0; j < coefficients.length; j++) {
    if (norms[j] === 0) continue;
    const before = coefficients[j]!;
    const curvature = norms[j]! / totalWeight;
    const without = correlation(problem, j) / totalWeight + before * curvature;
    const after = (Math.sign(without) * Math.max(0, Math.abs(without) - l1)) / (curvature + l2);
    const step = after - before;
    if (step === 0) continue;
    coefficients[j] = after;
    for (let i = 0, at = j * height; i < height; i++, at++) residual[i]! -= step * columns[at]!;
    worst = Math.max(worst, Math.abs(step) * (curvature + l2));
  }
  return worst;
}

/** R_jᵀ (z − R w) */
function correlation({ columns, residual }: Problem, j: number): number {
  const height = residual.length;
  let sum = 0;
  for (let i = 0, at = j * height; i < height; i++, at++) sum += columns[at]! * residual[i]!;
  return sum;
}

function squaredNorms(columns: Float64Array, height: number, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, j) => {
    let sum = 0;
    for (let at = j * height; at < (j + 1) * height; at++) sum += columns[at]! * columns[at]!;
    return sum;
  });
}
