/** Linear regression: ordinary or weighted least squares by ml-regression-multivariate-linear. */
import type { TriangularFactor } from "../leastSquares.ts";
import { linearFamily, type LinearProblem, penaltyParams } from "./linearFamily.ts";
import type { Turns } from "../turns.ts";

/** The axes are orthogonal, so each weight is independent of the others: fitting in chunks costs p², not p³. */
const AXES_PER_FIT = 32;

/**
 * The package inverts XᵀX of all rows, which takes 500 MB for 200,000 × 20 and fails on collinear columns. It gets the
 * same problem on orthogonal axes instead: p rows, condition number 1, without columns that depend on others. The result
 * is the minimum-norm least-squares solution, as in scikit-learn's LinearRegression.
 */
export const linearRegression = linearFamily({
  family: "linear_regression",
  description: "ordinary least squares",
  params: [penaltyParams.fitIntercept],
  solve: leastNorm,
});

/**
 * Minimum-norm solution of min ‖R w − z‖. The columns of R are Q C with orthogonal axes Q, the package regresses z on Q,
 * and w is the shortest vector with C w = β: the rows of C are T P with orthogonal axes P, so w = Pᵀ T⁻¹ β. Columns of
 * which less than eps · max(n, p) remains beside the others count as dependent, as in LAPACK's gelsy.
 */
async function leastNorm({ size, factor, target }: TriangularFactor, { X, turns }: LinearProblem): Promise<number[]> {
  const height = target.length;
  const largest = factor.reduce((found, value) => Math.max(found, Math.abs(value)), 0);
  if (largest === 0) return Array.from({ length: size }, () => 0);
  const columns = Array.from({ length: size }, (_, j) =>
    Float64Array.from({ length: height }, (__, i) => factor[i * size + j]! / largest),
  );
  const floor = Number.EPSILON * Math.max(X.rowCount, size);
  const { axes, parts } = await orthogonalize(columns, { floor, turns });
  const beta = await weightsOf(axes, target);
  const rows = await orthogonalize(parts, { floor: 0, turns });
  return shortest(rows, beta, size).map((weight) => weight / largest + 0);
}

/** The shortest w with C w = β: in terms of the axes of the rows of C, which are taken in turn, forward substitution. */
function shortest(
  { axes, parts, order }: Awaited<ReturnType<typeof orthogonalize>>,
  beta: readonly number[],
  size: number,
): number[] {
  const solution = Array.from({ length: size }, () => 0);
  const amounts: number[] = [];
  order.forEach((row, k) => {
    const known = amounts.reduce((sum, amount, i) => sum + parts[i]![row]! * amount, 0);
    const amount = (beta[row]! - known) / parts[k]![row]!;
    amounts.push(amount);
    axes[k]!.forEach((value, j) => (solution[j]! += amount * value));
  });
  return solution;
}

/** Weight of each axis in the target. */
async function weightsOf(axes: readonly Float64Array[], target: Float64Array): Promise<number[]> {
  const { Matrix: Dense } = await import("ml-matrix");
  const { default: MultivariateLinearRegression } = await import("ml-regression-multivariate-linear");
  const response = Dense.columnVector([...target]);
  const weights: number[] = [];
  for (let k = 0; k < axes.length; k += AXES_PER_FIT) {
    const some = axes.slice(k, k + AXES_PER_FIT);
    const matrix = new Dense(target.length, some.length);
    some.forEach((axis, j) => axis.forEach((value, i) => matrix.set(i, j, value)));
    const fit = new MultivariateLinearRegression(matrix, response, { intercept: false, statistics: false });
    for (const [weight] of fit.weights) weights.push(weight!);
  }
  return weights;
}

/**
 * Takes the longest remainder next, until none is longer than `floor` times the longest vector. Each axis is made
 * orthogonal to the earlier ones a second time, which is enough for full precision. O(n² m) for n vectors of length m.
 * @param vectors overwritten; their squares must neither overflow nor vanish
 * @returns orthogonal unit vectors (fewer than given if these depend on each other), the vector that each comes from, and
 *   parts[k][j], what vector j has of axis k: 0 if vector j came before
 * @see Giraud, Langou & Rozložník, On the round-off error analysis of the Gram–Schmidt algorithm (2005)
 */
async function orthogonalize(
  vectors: readonly Float64Array[],
  { floor, turns }: { readonly floor: number; readonly turns: Turns },
) {
  const axes: Float64Array[] = [];
  const parts: Float64Array[] = [];
  const order: number[] = [];
  const left = new Set(vectors.keys());
  const squares = vectors.map((vector) => dot(vector, vector));
  const least = floor * floor * Math.max(0, ...squares);
  while (left.size > 0) {
    const next = [...left].reduce((longest, j) => (squares[j]! > squares[longest]! ? j : longest));
    if (!(squares[next]! > least)) break;
    left.delete(next);
    const axis = vectors[next]!;
    axes.forEach((earlier, k) => (parts[k]![next]! += subtract(axis, earlier)));
    const length = Math.sqrt(dot(axis, axis));
    for (let i = 0; i < axis.length; i++) axis[i]! /= length;
    const part = new Float64Array(vectors.length);
    part[next] = length;
    for (const j of left) {
      part[j] = subtract(vectors[j]!, axis);
      squares[j] = dot(vectors[j]!, vectors[j]!);
      if (turns.isDue(3 * axis.length)) await turns.next();
    }
    axes.push(axis);
    parts.push(part);
    order.push(next);
  }
  return { axes, parts, order };
}

/** Removes from `vector` what it has of `axis`. @returns how much that was */
function subtract(vector: Float64Array, axis: Float64Array): number {
  const part = dot(vector, axis);
  for (let i = 0; i < vector.length; i++) vector[i]! -= part * axis[i]!;
  return part;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
