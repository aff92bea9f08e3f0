/** Logistic regression with an L2 penalty, binary or multinomial, with the same objective as scikit-learn's. */
import { type ParamSpec, param, positive } from "../../core/paramSpec.ts";
import type { Estimator, FittedEstimator } from "../../core/estimator.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { softmax } from "../../stats/softmax.ts";
import { numberList, ofWidth, requireWidth, unfit } from "../fittedState.ts";
import { featureMeans } from "../leastSquares.ts";
import { resolveParams } from "../params.ts";
import { affineNodes, linearContributions, linearMargins, type LinearOutput } from "../linearOutput.ts";
import { requireComplete } from "../requireComplete.ts";
import { fitLogistic } from "./fitLogistic.ts";

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
