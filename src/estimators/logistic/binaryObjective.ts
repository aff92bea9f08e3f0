/** Penalized log loss of two classes: Σ weight · (log(1 + eᶻ) − y z) + ‖w‖² / 2C with z = x·w + b. */
import type { LogisticProblem, Objective } from "./objective.ts";
import { addOuterRows, addRows, dotRows } from "../rowBlock.ts";

/** Rows per block: with 20 columns they fit into the first-level cache. */
const BLOCK_ROWS = 128;

/** First and second derivative of the loss by the margin, per row. */
interface BlockLoss {
  /** Row weight times (p − y). */
  readonly residuals: Float64Array;
  /** Row weight times p (1 − p). */
  readonly curvatures: Float64Array;
}

/**
 * Weights are the coefficients, then the intercept if there is one. Each loop works on a block of rows, four at a time:
 * a pass over 1 M × 20 takes a third of the time of a row-by-row loop, half of it memory access.
 */
export function binaryObjective(problem: LogisticProblem): Objective {
  const { rowCount, columnCount, values, C, hasIntercept, turns } = problem;
  const size = columnCount + (hasIntercept ? 1 : 0);
  const margins = new Float64Array(BLOCK_ROWS);
  const loss: BlockLoss = { residuals: new Float64Array(BLOCK_ROWS), curvatures: new Float64Array(BLOCK_ROWS) };
  return {
    size,
    async evaluate(weights, gradient, hessian) {
      gradient.fill(0);
      hessian?.fill(0);
      let value = 0;
      for (let first = 0; first < rowCount; first += BLOCK_ROWS) {
        const block = { values, first, count: Math.min(BLOCK_ROWS, rowCount - first), columnCount };
        dotRows(block, weights, margins);
        value += lossOf(problem, { first, count: block.count, margins }, loss);
        addRows(block, loss.residuals, gradient);
        if (hessian !== null) addOuterRows(block, loss.curvatures, hessian);
        if (turns.isDue(block.count * size * (hessian === null ? 2 : size))) await turns.next();
      }
      return value + addPenalty(weights, gradient, hessian, { size, columnCount, C });
    },
  };
}

interface Margins {
  readonly first: number;
  readonly count: number;
  readonly margins: Float64Array;
}

/** Fills in residuals and curvatures and returns the summed loss of the rows. */
function lossOf(
  { y, rowWeights }: LogisticProblem,
  { first, count, margins }: Margins,
  { residuals, curvatures }: BlockLoss,
): number {
  let value = 0;
  // One logarithm of a product instead of a sum of logarithms. Factors are at most 2, so 128 of them stay below 2¹²⁸.
  let product = 1;
  for (let i = 0; i < count; i++) {
    const z = margins[i]!;
    const label = y[first + i]!;
    const tail = Math.exp(-Math.abs(z));
    const whole = 1 + tail;
    const residual = (z >= 0 ? 1 : tail) / whole - label;
    const linear = (z > 0 ? z : 0) - label * z;
    // tail / (1 + tail)² is p (1 − p) without cancellation near 1
    const curvature = tail / (whole * whole);
    if (rowWeights === null) {
      product *= whole;
      value += linear;
      residuals[i] = residual;
      curvatures[i] = curvature;
    } else {
      const rowWeight = rowWeights[first + i]!;
      value += rowWeight * (Math.log1p(tail) + linear);
      residuals[i] = rowWeight * residual;
      curvatures[i] = rowWeight * curvature;
    }
  }
  return value + Math.log(product);
}

function addPenalty(
  weights: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array | null,
  { size, columnCount, C }: { readonly size: number; readonly columnCount: number; readonly C: number },
): number {
  let squares = 0;
  for (let j = 0; j < columnCount; j++) {
    squares += weights[j]! * weights[j]!;
    gradient[j]! += weights[j]! / C;
    if (hessian !== null) hessian[j * size + j]! += 1 / C;
  }
  return squares / (2 * C);
}
