/** Linear regression: ordinary or weighted least squares by ml-regression-multivariate-linear. */
import type { TriangularFactor } from "../leastSquares.ts";
import { linearFamily } from "./linearFamily.ts";
import { penaltyParams } from "./penaltyParams.ts";

/** The axes are orthogonal, so each weight is independent of the others: fitting in chunks costs p², not p³. */
const AXES_PER_FIT = 32;

/**
 * The package inverts XᵀX of all rows, which takes 500 MB for 200,000 × 20 and fails on collinear columns. It gets the
 * same problem on its principal axes instead: p rows, condition number 1, without axes of zero variance. The result is
 * the minimum-norm least-squares solution, as in scikit-learn's LinearRegression.
 */
export const linearRegression = linearFamily({
  family: "linear_regression",
  description: "ordinary least squares",
  params: [penaltyParams.fitIntercept],
  solve: (factor, { X }) => leastNorm(factor, X.rowCount),
});

/**
 * Minimum-norm solution of min ‖R w − z‖: R = U S Vᵀ, the package regresses z on the columns of U that carry variance,
 * and w = V S⁻¹ β. Singular values below eps · max(n, p) times the largest count as 0, as in LAPACK's gelsd.
 */
async function leastNorm({ size, factor, target }: TriangularFactor, rowCount: number): Promise<number[]> {
  if (factor.every((value) => value === 0)) return Array.from({ length: size }, () => 0);
  const { Matrix: Dense, SVD } = await import("ml-matrix");
  const { default: MultivariateLinearRegression } = await import("ml-regression-multivariate-linear");
  const height = target.length;
  const svd = new SVD(Dense.from1DArray(height, size, factor), { autoTranspose: true });
  const singular = svd.diagonal;
  const floor = Number.EPSILON * Math.max(rowCount, size) * singular[0]!;
  const rank = singular.filter((value) => value > floor).length;
  const left = svd.leftSingularVectors;
  const response = Dense.columnVector([...target]);
  const beta: number[] = [];
  for (let k = 0; k < rank; k += AXES_PER_FIT) {
    const axes = left.subMatrix(0, height - 1, k, Math.min(k + AXES_PER_FIT, rank) - 1);
    const fit = new MultivariateLinearRegression(axes, response, { intercept: false, statistics: false });
    for (const [weight] of fit.weights) beta.push(weight!);
  }
  const right = svd.rightSingularVectors;
  return Array.from({ length: size }, (_, j) => {
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += (right.get(j, k) * beta[k]!) / singular[k]!;
    return sum;
  });
}
