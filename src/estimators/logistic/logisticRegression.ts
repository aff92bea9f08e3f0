/** Logistic regression with an L2 penalty, binary or multinomial, with the same objective as scikit-learn's. */
import { type ParamSpec, param, positive } from "../../core/paramSpec.ts";
import type { Estimator, FitOptions, FittedEstimator } from "../../core/estimator.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { type Matrix, selectValues } from "../../core/table/table.ts";
import { softmax } from "../../stats/softmax.ts";
import { numberList, ofWidth, requireWidth, unfit, resolveParams, requireComplete } from "../fittedState.ts";
import { featureMeans } from "../leastSquares.ts";
import { affineNodes, linearContributions, linearMargins, type LinearOutput } from "../linearOutput.ts";
import { turnsFor } from "../turns.ts";
import { lbfgs, type Optimum, type OptimizerOptions } from "./lbfgs.ts";
import { logLoss, scaledObjective, scaleOf, unscaled, type LogisticProblem, type Scale } from "./objective.ts";

/** From this many rows on, a tenth of them is fitted first. */
const WARM_START_ROWS = 50_000;
const WARM_START_STRIDE = 10;
/** Gradient tolerance for that tenth. */
const COARSE_TOLERANCE = 1e-3;

const params: readonly ParamSpec[] = [
  param(
    "C",
    { ...positive, default: 1 },
    "inverse strength of the L2 penalty: smaller values shrink the coefficients more",
  ),
  param("max_iter", { type: "integer", default: 1000, minimum: 1 }, "maximum number of solver iterations"),
  param(
    "tol",
    { ...positive, default: 1e-6 },
    "stop when no component of the gradient is larger; tighter than scikit-learn's 1e-4",
  ),
  param("fit_intercept", { type: "boolean", default: true }, "fit an intercept, which is not penalized"),
  param(
    "class_weight",
    { type: "choice", default: null, choices: ["balanced"] },
    "balanced: weight rows by n / (classes · rows of the class), so that rare classes weigh more",
  ),
];

export const logisticRegression = {
  family: "logistic_regression",
  description: "logistic regression with an L2 penalty, multinomial for three or more classes",
  tasks: ["binary", "multiclass"],
  params,
  needs: { complete: true, standardized: true },
  calibrated: true,

  async fit(X, y, options) {
    const resolved = resolveParams(params, options.params, "logistic_regression");
    requireComplete(X, y, "logistic_regression");
    const { task, classCount } = options;
    const learned = await fitLogistic(X, y, { ...options, params: resolved });
    const state = { ...learned, means: [...featureMeans(X, y, options.sampleWeight)] };
    return { family: "logistic_regression", params: resolved, featureNames: X.columnNames, task, classCount, state };
  },

  load(fitted) {
    const outputs = outputsOf(fitted);
    return ofWidth(fitted, (X) => {
      const margins = outputs.map((output) => linearMargins(X, output));
      if (margins.length === 1) return margins[0]!.map(logistic);
      const result = new Float64Array(X.rowCount * margins.length);
      margins.forEach((own, k) => own.forEach((margin, i) => (result[i * margins.length + k] = margin)));
      return softmax(result, margins.length);
    });
  },

  contributions(fitted, X) {
    requireWidth(X, fitted);
    const means = numberList(fitted, "means", fitted.state.means, fitted.featureNames.length);
    return linearContributions(outputsOf(fitted), means, X);
  },

  /** Mean absolute coefficient over the classes. */
  importance(fitted) {
    const { coefficients } = readState(fitted);
    const result = new Float64Array(fitted.featureNames.length);
    for (const own of coefficients) own.forEach((value, j) => (result[j]! += Math.abs(value) / coefficients.length));
    return result;
  },

  toOnnx(graph, fitted, input) {
    const outputs = outputsOf(fitted);
    const margins = affineNodes(
      graph,
      input,
      outputs.map(({ coefficients }) => coefficients),
      outputs.map(({ intercept }) => intercept),
    );
    return outputs.length === 1
      ? graph.add("Sigmoid", [margins])
      : graph.add("Softmax", [margins], { axis: { int: 1 } });
  },
} satisfies Estimator;

/**
 * The learned state. Classes without rows are left out (their intercept would go to −∞) and get probability 0. If two
 * classes remain, the model is binary.
 */
async function fitLogistic(X: Matrix, y: Float64Array, options: FitOptions): Promise<JsonObject> {
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
  const scale = scaleOf(problem);
  const optimum = await solve(problem, scale, {
    maxIterations: options.params.max_iter as number,
    tolerance: options.params.tol as number,
    signal: options.signal,
  });
  const { iterations, converged } = optimum;
  const stride = width + (hasIntercept ? 1 : 0);
  const weights = scale === null ? optimum.weights : unscaled(optimum.weights, scale, stride);
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
async function solve(problem: LogisticProblem, scale: Scale | null, options: OptimizerOptions): Promise<Optimum> {
  const loss = logLoss(problem);
  const width = problem.columnCount + (problem.hasIntercept ? 1 : 0);
  const objective = scale === null ? loss : scaledObjective(loss, scale, width);
  const sample = sampleOf(problem);
  const coarse = { ...options, tolerance: Math.max(options.tolerance, COARSE_TOLERANCE) };
  const start =
    sample === null ? { weights: new Float64Array(objective.size), pairs: [] } : await solve(sample, scale, coarse);
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

/** exp of a negative number, which does not overflow. */
function logistic(margin: number): number {
  const tail = Math.exp(-Math.abs(margin));
  return (margin >= 0 ? 1 : tail) / (1 + tail);
}

/**
 * The log-odds of the second of two classes, or the input of the softmax for each class: −∞ for a class that was not seen
 * in training, so that its probability is 0, and if two were seen, 0 for the first of them.
 */
function outputsOf(fitted: FittedEstimator): readonly LinearOutput[] {
  const { classes, coefficients, intercepts } = readState(fitted);
  const all = Array.from({ length: fitted.classCount }, (_, code): LinearOutput => {
    const seen = classes.indexOf(code);
    const k = classes.length > 2 ? seen : seen - 1;
    const none = new Float64Array(fitted.featureNames.length);
    return { coefficients: coefficients[k] ?? none, intercept: intercepts[k] ?? (seen < 0 ? -Infinity : 0) };
  });
  const [first, second] = all;
  return all.length === 2 ? [{ ...second!, intercept: second!.intercept - first!.intercept }] : all;
}

/**
 * `classes`: codes of those seen in training, ascending. The others have one entry per class; with two classes a single one,
 * for the second.
 */
function readState(fitted: FittedEstimator) {
  const state: JsonObject = fitted.state;
  const classes = [...numberList(fitted, "classes", state.classes)];
  const isCode = (code: number): boolean => Number.isInteger(code) && code >= 0 && code < fitted.classCount;
  if (classes.length === 0 || !classes.every(isCode)) {
    throw unfit(fitted, "classes", "a list of class codes");
  }
  const rows: Json = state.coefficients ?? null;
  const expected = classes.length > 2 ? classes.length : classes.length - 1;
  if (!Array.isArray(rows) || rows.length !== expected)
    throw unfit(fitted, "coefficients", `${expected} lists of numbers`);
  const width = fitted.featureNames.length;
  const coefficients = rows.map((row: Json) => numberList(fitted, "coefficients", row, width));
  const intercepts = numberList(fitted, "intercepts", state.intercepts, expected);
  return { classes, coefficients, intercepts };
}
