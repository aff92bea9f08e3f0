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

/** Weights are the coefficients, then the intercept if there is one. Blocks of rows take a third of the time of rows. */
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

/** Weights are ordered by class: its coefficients, then its intercept if there is one. */
export function multinomialObjective(problem: LogisticProblem): Objective {
  const { rowCount, columnCount, values, y, rowWeights, classCount, C, hasIntercept, turns } = problem;
  const width = columnCount + (hasIntercept ? 1 : 0);
  const size = width * classCount;
  const row = new Float64Array(width).fill(1);
  const probabilities = new Float64Array(classCount);
  return {
    size,
    async evaluate(weights, gradient, hessian) {
      gradient.fill(0);
      hessian?.fill(0);
      let value = 0;
      for (let i = 0; i < rowCount; i++) {
        for (let j = 0; j < columnCount; j++) row[j] = values[i * columnCount + j]!;
        const rowWeight = rowWeights === null ? 1 : rowWeights[i]!;
        value -= rowWeight * logSoftmax(weights, row, probabilities, y[i]!);
        for (let k = 0; k < classCount; k++) {
          const residual = rowWeight * (probabilities[k]! - (y[i] === k ? 1 : 0));
          for (let j = 0; j < width; j++) gradient[k * width + j]! += residual * row[j]!;
        }
        if (hessian !== null) addCurvature(hessian, row, probabilities, rowWeight);
        if (turns.isDue(size * (hessian === null ? 2 : size))) await turns.next();
      }
      for (let w = 0; w < size; w++) {
        if (w % width >= columnCount) continue;
        value += (weights[w]! * weights[w]!) / (2 * C);
        gradient[w]! += weights[w]! / C;
        if (hessian !== null) hessian[w * size + w]! += 1 / C;
      }
      if (hessian !== null && hasIntercept) pinIntercepts(hessian, classCount, width);
      return value;
    },
  };
}

/** Fills in the class probabilities of a row and returns the log probability of `label`. */
function logSoftmax(weights: Float64Array, row: Float64Array, probabilities: Float64Array, label: number): number {
  let largest = -Infinity;
  for (let k = 0; k < probabilities.length; k++) {
    let z = 0;
    for (let j = 0; j < row.length; j++) z += weights[k * row.length + j]! * row[j]!;
    probabilities[k] = z;
    if (z > largest) largest = z;
  }
  const own = probabilities[label]! - largest;
  let sum = 0;
  for (let k = 0; k < probabilities.length; k++) sum += probabilities[k] = Math.exp(probabilities[k]! - largest);
  for (let k = 0; k < probabilities.length; k++) probabilities[k]! /= sum;
  return own - Math.log(sum);
}

/** hessian += weight · (diag(p) − p pᵀ) ⊗ x xᵀ, upper triangle. */
function addCurvature(hessian: Float64Array, row: Float64Array, probabilities: Float64Array, rowWeight: number): void {
  const width = row.length;
  const size = width * probabilities.length;
  for (let k = 0; k < probabilities.length; k++) {
    for (let l = k; l < probabilities.length; l++) {
      const scale = rowWeight * probabilities[k]! * ((k === l ? 1 : 0) - probabilities[l]!);
      for (let j = 0; j < width; j++) {
        const scaled = scale * row[j]!;
        const at = (k * width + j) * size + l * width;
        for (let m = k === l ? j : 0; m < width; m++) hessian[at + m]! += scaled * row[m]!;
      }
    }
  }
}

/**
 * Adding a constant to every intercept changes nothing (intercepts are not penalized), so the Hessian is singular in
 * that direction. An added curvature keeps Newton steps out of it: the intercepts still sum to 0, as with L-BFGS
 * started at 0.
 */
function pinIntercepts(hessian: Float64Array, classCount: number, width: number): void {
  const size = classCount * width;
  for (let k = 0; k < classCount; k++) {
    for (let l = k; l < classCount; l++) hessian[(k * width + width - 1) * size + l * width + width - 1]! += 1;
  }
}
