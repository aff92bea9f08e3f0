/** Penalized log loss: Σ weight · loss of a row + ‖w‖² / 2C, of two classes or of more (softmax). */
import type { Matrix } from "../../core/table/table.ts";
import { addRows, dotRows, type RowBlock } from "../rowBlock.ts";
import type { Turns } from "../turns.ts";
import { mean } from "../../stats/descriptive.ts";
import type { Objective } from "./lbfgs.ts";

/** Rows per block: with 20 columns they fit into the first-level cache, which takes a third of the time of rows. */
const BLOCK_ROWS = 128;

/** Training data and penalty; classes are 0 … k − 1, all present. */
export interface LogisticProblem {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Row-major, (rowCount × columnCount). */
  readonly values: Matrix["values"];
  readonly y: Float64Array;
  readonly rowWeights: Float64Array | null;
  readonly classCount: number;
  /** Inverse of the penalty strength; the intercept is not penalized. */
  readonly C: number;
  readonly hasIntercept: boolean;
  readonly turns: Turns;
}

/**
 * Weights are ordered by output: its coefficients, then its intercept if there is one. Two classes have one output, the
 * log-odds of the second; more classes have one each.
 */
export function logLoss(problem: LogisticProblem): Objective {
  const { rowCount, columnCount, values, classCount, C, hasIntercept, turns } = problem;
  const width = columnCount + (hasIntercept ? 1 : 0);
  const outputs = classCount === 2 ? 1 : classCount;
  const size = width * outputs;
  const margins = Array.from({ length: outputs }, () => new Float64Array(BLOCK_ROWS));
  const lossOf = outputs === 1 ? binaryLoss : softmaxLoss;
  return {
    size,
    async evaluate(weights, gradient) {
      gradient.fill(0);
      let value = 0;
      const weightsOf = margins.map((_, k) => weights.subarray(k * width, (k + 1) * width));
      const gradientOf = margins.map((_, k) => gradient.subarray(k * width, (k + 1) * width));
      for (let first = 0; first < rowCount; first += BLOCK_ROWS) {
        const block = { values, first, count: Math.min(BLOCK_ROWS, rowCount - first), columnCount };
        margins.forEach((each, k) => dotRows(block, weightsOf[k]!, each));
        value += lossOf(problem, block, margins);
        margins.forEach((each, k) => addRows(block, each, gradientOf[k]!));
        if (turns.isDue(2 * block.count * size)) await turns.next();
      }
      for (let w = 0; w < size; w++) {
        if (w % width === columnCount) continue;
        value += (weights[w]! * weights[w]!) / (2 * C);
        gradient[w]! += weights[w]! / C;
      }
      return value;
    },
  };
}

/** Means and spreads of the columns: L-BFGS takes many steps, or stops early, where they differ much. */
export interface Scale {
  readonly means: Float64Array;
  readonly spreads: Float64Array;
}

/** Columns within these bounds need no scale: the mean in spreads, and the spread. */
const [MOST_MEAN, LEAST_SPREAD, MOST_SPREAD] = [3, 0.1, 10];

/** Rows from which means and spreads are found, evenly spread. */
const SCALE_ROWS = 10_000;

/** @returns null if the columns are near enough to standardized ones */
export function scaleOf({ rowCount, columnCount, values, C, hasIntercept }: LogisticProblem): Scale | null {
  const [means, spreads] = [new Float64Array(columnCount), new Float64Array(columnCount)];
  const step = Math.ceil(rowCount / SCALE_ROWS);
  const count = Math.ceil(rowCount / step);
  for (let j = 0; j < columnCount; j++) {
    const own = Float64Array.from({ length: count }, (_, i) => values[i * step * columnCount + j]!);
    // Without an intercept, columns cannot be centred.
    if (hasIntercept) means[j] = mean(own);
    for (const value of own) spreads[j]! += (value - means[j]!) ** 2 / count;
  }
  // The curvature of the penalty counts too: a quarter is the largest one of a row.
  for (let j = 0; j < columnCount; j++) spreads[j] = Math.sqrt(spreads[j]! + 4 / (C * rowCount)) || 1;
  const isNear = spreads.every(
    (spread, j) => spread >= LEAST_SPREAD && spread <= MOST_SPREAD && Math.abs(means[j]!) <= MOST_MEAN * spread,
  );
  return isNear ? null : { means, spreads };
}

/** Weights of standardized columns as weights of the columns; other outputs follow. */
export function unscaled(weights: Float64Array, { means, spreads }: Scale, width: number): Float64Array {
  const columnCount = means.length;
  const result = weights.map((weight, w) => weight / (spreads[w % width] ?? 1));
  if (width > columnCount)
    result.forEach((weight, w) => {
      const j = w % width;
      if (j < columnCount) result[w - j + columnCount]! -= weight * means[j]!;
    });
  return result;
}

/** The objective as a function of the weights of standardized columns. Nothing is copied: sums run over the columns. */
export function scaledObjective(objective: Objective, scale: Scale, width: number): Objective {
  const { means, spreads } = scale;
  return {
    size: objective.size,
    async evaluate(weights, gradient) {
      const value = await objective.evaluate(unscaled(weights, scale, width), gradient);
      gradient.forEach((slope, w) => {
        const j = w % width;
        const ofIntercept = width > means.length ? gradient[w - j + means.length]! : 0;
        if (j < means.length) gradient[w] = (slope - means[j]! * ofIntercept) / spreads[j]!;
      });
      return value;
    },
  };
}

/** Replaces the margins of a block by the derivatives of its loss, weight · (p − y). @returns the summed loss */
type BlockLoss = (problem: LogisticProblem, block: RowBlock, margins: readonly Float64Array[]) => number;

const binaryLoss: BlockLoss = ({ y, rowWeights }, { first, count }, [margins]) => {
  let value = 0;
  // One logarithm of a product instead of a sum of logarithms. Factors are at most 2, so 128 of them stay below 2¹²⁸.
  let product = 1;
  for (let i = 0; i < count; i++) {
    const z = margins![i]!;
    const label = y[first + i]!;
    const tail = Math.exp(-Math.abs(z));
    const residual = (z >= 0 ? 1 : tail) / (1 + tail) - label;
    const linear = (z > 0 ? z : 0) - label * z;
    if (rowWeights === null) {
      product *= 1 + tail;
      value += linear;
      margins![i] = residual;
    } else {
      const rowWeight = rowWeights[first + i]!;
      value += rowWeight * (Math.log1p(tail) + linear);
      margins![i] = rowWeight * residual;
    }
  }
  return value + Math.log(product);
};

const softmaxLoss: BlockLoss = ({ y, rowWeights }, { first, count }, margins) => {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const label = y[first + i]!;
    const rowWeight = rowWeights === null ? 1 : rowWeights[first + i]!;
    let largest = -Infinity;
    for (let k = 0; k < margins.length; k++) largest = Math.max(largest, margins[k]![i]!);
    const own = margins[label]![i]! - largest;
    let sum = 0;
    for (let k = 0; k < margins.length; k++) sum += margins[k]![i] = Math.exp(margins[k]![i]! - largest);
    for (let k = 0; k < margins.length; k++)
      margins[k]![i] = rowWeight * (margins[k]![i]! / sum - (k === label ? 1 : 0));
    value -= rowWeight * (own - Math.log(sum));
  }
  return value;
};
