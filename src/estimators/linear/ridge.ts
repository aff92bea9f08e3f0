/** Ridge: linear regression with an L2 penalty, which keeps coefficients of collinear features small. */
import type { Estimator, FitOptions, FittedEstimator, ParamSpec } from "../../core/estimator.ts";
import type { Matrix } from "../../core/table/matrix.ts";
import { centre, triangularFactor } from "../leastSquares.ts";
import type { TriangularFactor } from "../leastSquares.ts";
import { linearModel } from "../linearModel.ts";
import { resolveParams } from "../params.ts";
import { requireComplete } from "../requireComplete.ts";
import { penaltyParams } from "./penaltyParams.ts";

const params: readonly ParamSpec[] = [penaltyParams.alpha, penaltyParams.fitIntercept];

/** The objective of scikit-learn's Ridge: ‖y − X w − b‖² + alpha ‖w‖², a sum over the rows, not a mean. */
export const ridge = {
  family: "ridge",
  description: "linear regression with an L2 penalty",
  tasks: ["regression"],
  params,
  needs: { complete: true, standardized: true },

  async fit(X: Matrix, y: Float64Array, options: FitOptions): Promise<FittedEstimator> {
    options.signal?.throwIfAborted();
    const resolved = resolveParams(params, options.params, "ridge");
    requireComplete(X, y, "ridge");
    const centres = centre(X, y, resolved.fit_intercept === true, options.sampleWeight);
    const factor = triangularFactor(X, y, centres, options.sampleWeight);
    const coefficients = solve(withPenalty(factor, resolved.alpha as number, X.columnNames));
    const state = linearModel.state(coefficients, centres, linearModel.means(X, y, options));
    return { family: "ridge", params: resolved, featureNames: X.columnNames, task: options.task, classCount: 0, state };
  },

  load: linearModel.load,
  importance: linearModel.importance,
  contributions: linearModel.contributions,
  toOnnx: linearModel.toOnnx,
} satisfies Estimator;

/** Adds the penalty as p rows: √alpha on the diagonal, target 0. RᵀR + alpha I would square the condition number. */
function withPenalty(
  { size, factor, target }: TriangularFactor,
  alpha: number,
  columnNames: readonly string[],
): TriangularFactor {
  const height = target.length;
  const rowCount = height + size + 1; // a row of zeros: triangularFactor needs more rows than columns
  const values = new Float64Array(rowCount * size);
  values.set(factor);
  for (let j = 0; j < size; j++) values[(height + j) * size + j] = Math.sqrt(alpha);
  const y = new Float64Array(rowCount);
  y.set(target);
  return triangularFactor({ rowCount, columnNames, values }, y, { columns: new Float64Array(size), y: 0 });
}

/** Solves R w = z by back substitution; alpha > 0 keeps the diagonal away from 0. */
function solve({ size, factor, target }: TriangularFactor): number[] {
  const coefficients = Array.from(target, (value) => value);
  for (let j = size - 1; j >= 0; j--) {
    for (let k = j + 1; k < size; k++) coefficients[j]! -= factor[j * size + k]! * coefficients[k]!;
    coefficients[j] = coefficients[j]! / factor[j * size + j]! + 0; // + 0 turns −0 into 0: JSON has no −0
  }
  return coefficients;
}
