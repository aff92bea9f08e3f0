/** Sets up the problem, picks the solver and learns the coefficients. */
import type { FitOptions } from "../../core/estimator.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Matrix } from "../../core/matrix.ts";
import { binaryObjective } from "./binaryObjective.ts";
import { lbfgs } from "./lbfgs.ts";
import { multinomialObjective } from "./multinomialObjective.ts";
import { newton } from "./newton.ts";
import type { LogisticProblem, Optimum, OptimizerOptions } from "./objective.ts";

/** Beyond this many weights, or multiplications for one Hessian, L-BFGS is faster than Newton. */
const MAX_NEWTON_WEIGHTS = 500;
const MAX_HESSIAN_WORK = 2e10;
/** From this many rows on, every tenth row is fitted first: all rows then need a few steps without a Hessian. */
const WARM_START_ROWS = 50_000;
const WARM_START_STRIDE = 10;

/**
 * The learned state. Classes without a row are left out (their intercept would go to −∞) and get probability 0;
 * two classes that are left make it binary.
 */
export async function fitLogistic(X: Matrix, y: Float64Array, options: FitOptions): Promise<JsonObject> {
  const classes = [...new Set(y)].toSorted((a, b) => a - b);
  const width = X.columnNames.length;
  const hasIntercept = options.params.fit_intercept === true;
  if (classes.length === 1) return { classes, coefficients: [], intercepts: [], iterations: 0, converged: true };
  const indexOf = new Map(classes.map((code, index) => [code, index]));
  const codes = y.map((code) => indexOf.get(code)!);
  const problem: LogisticProblem = {
    rowCount: X.rowCount,
    columnCount: width,
    values: X.values,
    y: codes,
    rowWeights: rowWeights(codes, classes.length, options),
    classCount: classes.length,
    C: options.params.C as number,
    hasIntercept,
  };
  const { weights, iterations, converged } = await solve(problem, {
    maxIterations: options.params.max_iter as number,
    tolerance: options.params.tol as number,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
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

async function solve(problem: LogisticProblem, options: OptimizerOptions): Promise<Optimum> {
  const objective = problem.classCount === 2 ? binaryObjective(problem) : multinomialObjective(problem);
  const work = problem.rowCount * objective.size ** 2;
  const sample = problem.rowCount < WARM_START_ROWS ? undefined : everyTenth(problem);
  const isWhole = sample === undefined || new Set(sample.y).size < problem.classCount;
  const coarse = { ...options, tolerance: Math.max(options.tolerance, 1e-3) };
  if (objective.size <= MAX_NEWTON_WEIGHTS && work <= MAX_HESSIAN_WORK) {
    const start = new Float64Array(objective.size);
    if (isWhole) return newton(objective, start, options);
    const few = problem.classCount === 2 ? binaryObjective(sample) : multinomialObjective(sample);
    const { weights, hessian } = await newton(few, start, coarse);
    return newton(objective, weights, options, hessian);
  }
  const start = isWhole ? new Float64Array(objective.size) : (await solve(sample, coarse)).weights;
  return lbfgs(objective, start, options);
}

/** The rows weigh ten times as much, so that the penalty keeps its share. */
function everyTenth(problem: LogisticProblem): LogisticProblem {
  const { columnCount, values, y, rowWeights: weights } = problem;
  const rowCount = Math.ceil(problem.rowCount / WARM_START_STRIDE);
  const sampled = new Float64Array(rowCount * columnCount);
  for (let i = 0; i < rowCount; i++) {
    const from = i * WARM_START_STRIDE * columnCount;
    sampled.set(values.subarray(from, from + columnCount), i * columnCount);
  }
  const pick = (_: unknown, i: number): number => i * WARM_START_STRIDE;
  const rows = Array.from({ length: rowCount }, pick);
  return {
    ...problem,
    rowCount,
    values: sampled,
    y: Float64Array.from(rows, (row) => y[row]!),
    rowWeights: Float64Array.from(rows, (row) => WARM_START_STRIDE * (weights === null ? 1 : weights[row]!)),
  };
}

function rowWeights(codes: Float64Array, classCount: number, options: FitOptions): Float64Array | null {
  const { sampleWeight } = options;
  if (options.params.class_weight !== "balanced") return sampleWeight ?? null;
  const counts = new Float64Array(classCount);
  for (const code of codes) counts[code]!++;
  return codes.map((code, i) => (codes.length / (classCount * counts[code]!)) * (sampleWeight?.[i] ?? 1));
}
