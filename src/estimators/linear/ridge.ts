/** Ridge: linear regression with an L2 penalty, which keeps coefficients of collinear features small. */
import { triangularFactor, type TriangularFactor } from "../leastSquares.ts";
import { linearFamily, penaltyParams, type LinearProblem } from "./linearFamily.ts";

/** The objective of scikit-learn's Ridge: ‖y − X w − b‖² + alpha ‖w‖², a sum over the rows, not a mean. */
export const ridge = linearFamily({
  family: "ridge",
  description: "linear regression with an L2 penalty",
  params: [penaltyParams.alpha, penaltyParams.fitIntercept],
  solve: async (factor, problem) => backSubstitution(await withPenalty(factor, problem)),
});

/** Adds the penalty as p rows: √alpha on the diagonal, target 0. RᵀR + alpha I would square the condition number. */
function withPenalty(
  { size, factor, target }: TriangularFactor,
  { X: { columnNames }, params, turns }: LinearProblem,
): Promise<TriangularFactor> {
  const height = target.length;
  const rowCount = height + size + 1; // a row of zeros: triangularFactor needs more rows than columns
  const values = new Float64Array(rowCount * size);
  values.set(factor);
  for (let j = 0; j < size; j++) values[(height + j) * size + j] = Math.sqrt(params.alpha as number);
  const y = new Float64Array(rowCount);
  y.set(target);
  const centres = { columns: new Float64Array(size), y: 0 };
  return triangularFactor({ rowCount, columnNames, values }, y, centres, { turns });
}

/** Solves R w = z by back substitution; alpha > 0 keeps the diagonal away from 0. */
function backSubstitution({ size, factor, target }: TriangularFactor): number[] {
  const coefficients = Array.from(target);
  for (let j = size - 1; j >= 0; j--) {
    for (let k = j + 1; k < size; k++) coefficients[j]! -= factor[j * size + k]! * coefficients[k]!;
    coefficients[j] = coefficients[j]! / factor[j * size + j]! + 0; // + 0 turns −0 into 0: JSON has no −0
  }
  return coefficients;
}
