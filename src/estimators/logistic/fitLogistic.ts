/** Fits a logistic regression: sets up the problem and returns the learned state. */
import type { FitOptions } from "../../core/estimator.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Matrix } from "../../core/table/matrix.ts";
import { selectValues } from "../../core/table/selectRows.ts";
import { turnsFor } from "../turns.ts";
import { lbfgs, type Optimum, type OptimizerOptions } from "./lbfgs.ts";
import { logLoss, type LogisticProblem } from "./objective.ts";

/** From this many rows on, a tenth of them is fitted first. */
const WARM_START_ROWS = 50_000;
const WARM_START_STRIDE = 10;
/** Gradient tolerance for that tenth. */
const COARSE_TOLERANCE = 1e-3;

/**
 * The learned state. Classes without rows are left out (their intercept would go to −∞) and get probability 0. If two
 * classes remain, the model is binary.
 */
export async function fitLogistic(X: Matrix, y: Float64Array, options: FitOptions): Promise<JsonObject> {
  const classes = [...new Set(y)].toSorted((a, b) => a - b);
  const width = X.columnNames.length;
  const hasIntercept = options.params.fit_intercept === true;
  if (classes.length === 1) return { classes, coefficients: [], intercepts: [], iterations: 0, converged: true };
  const isDense = classes.every((code, index) => code === index);
  const codes = isDense ? y : y.map((code) => classes.indexOf(code));
  const problem: LogisticProblem = {
    rowCount: X.rowCount,
    columnCount: width,
    values: X.values,
    y: codes,
    rowWeights: rowWeights(codes, classes.length, options),
    classCount: classes.length,
    C: options.params.C as number,
    hasIntercept,
    turns: turnsFor(options.signal),
  };
  const { weights, iterations, converged } = await solve(problem, {
    maxIterations: options.params.max_iter as number,
    tolerance: options.params.tol as number,
    signal: options.signal,
  });
  const stride = width + (hasIntercept ? 1 : 0);
  const outputs = Array.from({ length: classes.length === 2 ? 1 : classes.length }, (_, k) => k * stride);
  return {
    classes,
    coefficients: outputs.map((start) => [...weights.subarray(start, start + width)]),
    intercepts: outputs.map((start) => (hasIntercept ? weights[start + width]! : 0)),
    iterations,
    converged,
  };
}

/** With many rows a tenth of them is fitted first: all rows then start near their optimum and with its curvature. */
async function solve(problem: LogisticProblem, options: OptimizerOptions): Promise<Optimum> {
  const objective = logLoss(problem);
  const sample = sampleOf(problem);
  const coarse = { ...options, tolerance: Math.max(options.tolerance, COARSE_TOLERANCE) };
  const start =
    sample === null ? { weights: new Float64Array(objective.size), pairs: [] } : await solve(sample, coarse);
  return lbfgs(objective, start, options);
}

/**
 * A tenth of the rows, which weigh ten times as much so that the penalty keeps its relative strength; null if there are few
 * rows or the sample lacks a class.
 */
function sampleOf(problem: LogisticProblem): LogisticProblem | null {
  if (problem.rowCount < WARM_START_ROWS) return null;
  const { columnCount, values, y, rowWeights: weights } = problem;
  const rowCount = Math.ceil(problem.rowCount / WARM_START_STRIDE);
  const rows = Int32Array.from({ length: rowCount }, (_, i) => i * WARM_START_STRIDE);
  const labels = selectValues(y, rows);
  if (new Set(labels).size < problem.classCount) return null;
  const sampled = new Float64Array(rowCount * columnCount);
  rows.forEach((row, i) => sampled.set(values.subarray(row * columnCount, (row + 1) * columnCount), i * columnCount));
  const sampledWeights = Float64Array.from(rows, (row) => WARM_START_STRIDE * (weights?.[row] ?? 1));
  return { ...problem, rowCount, values: sampled, y: labels, rowWeights: sampledWeights };
}

function rowWeights(codes: Float64Array, classCount: number, options: FitOptions): Float64Array | null {
  const { sampleWeight } = options;
  if (options.params.class_weight !== "balanced") return sampleWeight ?? null;
  const counts = new Float64Array(classCount);
  for (const code of codes) counts[code]!++;
  return codes.map((code, i) => (codes.length / (classCount * counts[code]!)) * (sampleWeight?.[i] ?? 1));
}
