/** Coordinate descent for least squares with L1 and L2 penalties, the objective of lasso and elastic net. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { TriangularFactor } from "../leastSquares.ts";

/** Sweeps between two checks of the abort signal. */
const SWEEPS_PER_TURN = 16;

export interface CoordinateDescentOptions {
  /** Number of rows that `factor` was computed from, or the sum of their weights. */
  readonly totalWeight: number;
  /** Penalties per row: Σ l1 |w_j| + l2 w_j² / 2. */
  readonly l1: number;
  readonly l2: number;
  readonly maxIterations: number;
  /** Stops when every coefficient is closer to its optimum than this share of the largest initial gradient. */
  readonly tolerance: number;
  readonly signal?: AbortSignal;
}

/**
 * Minimizes ‖z − R w‖² / (2 n) + l1 ‖w‖₁ + l2 ‖w‖² / 2 from w = 0. A sweep costs p², independent of the number of rows.
 *
 * @see Friedman, Hastie & Tibshirani, Regularization paths for generalized linear models (2010)
 */
export async function coordinateDescent(
  { size, factor, target }: TriangularFactor,
  options: CoordinateDescentOptions,
): Promise<number[]> {
  const height = target.length;
  const columns = Float64Array.from({ length: factor.length }, (_, at) => {
    return factor[(at % height) * size + Math.floor(at / height)]!; // column-major: sweeps read whole columns
  });
  const coefficients = new Float64Array(size);
  const residual = Float64Array.from(target);
  const norms = squaredNorms(columns, height, size);
  const problem = { columns, residual, coefficients, norms };
  let largestGradient = 0;
  for (let j = 0; j < size; j++) {
    largestGradient = Math.max(largestGradient, Math.abs(correlation(problem, j)) / options.totalWeight);
  }
  for (let sweep = 0; sweep < options.maxIterations; sweep++) {
    if (sweep % SWEEPS_PER_TURN === 0) await nextTurn();
    options.signal?.throwIfAborted();
    if (sweepOnce(problem, options) <= options.tolerance * largestGradient) break;
  }
  return Array.from(coefficients, (value) => value + 0); // + 0 turns −0 into 0: JSON has no −0
}

interface Problem {
  readonly columns: Float64Array;
  /** z − R w, kept up to date. */
  readonly residual: Float64Array;
  readonly coefficients: Float64Array;
  readonly norms: Float64Array;
}

/** @returns how far the worst coefficient was from its optimum, as a derivative per row */
function sweepOnce(problem: Problem, { totalWeight, l1, l2 }: CoordinateDescentOptions): number {
  const { columns, residual, coefficients, norms } = problem;
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
