/** Penalized log loss of two classes: Σ weight · (log(1 + eᶻ) − y z) + ‖w‖² / 2C with z = x·w + b. */
import type { LogisticProblem, Objective } from "./objective.ts";

/** Weights are the coefficients, then the intercept if there is one. */
export function binaryObjective(problem: LogisticProblem): Objective {
  const { rowCount, columnCount, values, y, rowWeights, C, hasIntercept } = problem;
  const size = columnCount + (hasIntercept ? 1 : 0);
  return {
    size,
    evaluate(weights, gradient, hessian) {
      gradient.fill(0);
      hessian?.fill(0);
      const intercept = hasIntercept ? weights[columnCount]! : 0;
      let value = 0;
      let interceptGradient = 0;
      for (let i = 0, at = 0; i < rowCount; i++, at += columnCount) {
        let z = intercept;
        for (let j = 0; j < columnCount; j++) z += weights[j]! * values[at + j]!;
        const rowWeight = rowWeights === null ? 1 : rowWeights[i]!;
        const tail = Math.exp(-Math.abs(z));
        const probability = z >= 0 ? 1 / (1 + tail) : tail / (1 + tail);
        value += rowWeight * (Math.log1p(tail) + Math.max(z, 0) - y[i]! * z);
        const residual = rowWeight * (probability - y[i]!);
        interceptGradient += residual;
        for (let j = 0; j < columnCount; j++) gradient[j]! += residual * values[at + j]!;
        if (hessian !== null) {
          // tail / (1 + tail)² is p (1 − p) without cancellation near 1
          addOuter(hessian, { size, columnCount, values, at, scale: (rowWeight * tail) / ((1 + tail) * (1 + tail)) });
        }
      }
      if (hasIntercept) gradient[columnCount] = interceptGradient;
      return value + addPenalty(weights, gradient, hessian, { size, columnCount, C });
    },
  };
}

interface OuterOptions {
  readonly size: number;
  readonly columnCount: number;
  readonly values: Float64Array;
  readonly at: number;
  readonly scale: number;
}

/** hessian += scale · x xᵀ, upper triangle, x with a 1 behind it where there is an intercept. */
function addOuter(hessian: Float64Array, { size, columnCount, values, at, scale }: OuterOptions): void {
  for (let j = 0; j < columnCount; j++) {
    const scaled = scale * values[at + j]!;
    const row = j * size;
    for (let k = j; k < columnCount; k++) hessian[row + k]! += scaled * values[at + k]!;
    if (size > columnCount) hessian[row + columnCount]! += scaled;
  }
  if (size > columnCount) hessian[size * size - 1]! += scale;
}

interface PenaltyOptions {
  readonly size: number;
  readonly columnCount: number;
  readonly C: number;
}

function addPenalty(
  weights: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array | null,
  { size, columnCount, C }: PenaltyOptions,
): number {
  let squares = 0;
  for (let j = 0; j < columnCount; j++) {
    squares += weights[j]! * weights[j]!;
    gradient[j]! += weights[j]! / C;
    if (hessian !== null) hessian[j * size + j]! += 1 / C;
  }
  return squares / (2 * C);
}
