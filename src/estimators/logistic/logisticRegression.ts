/** Logistic regression with an L2 penalty, binary or multinomial, with the same objective as scikit-learn's. */
import type { Estimator, FittedEstimator, ParamSpec } from "../../core/estimator.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { complement, type GraphBuilder } from "../../core/onnx.ts";
import { numberList, ofWidth, requireWidth, unfit } from "../fittedState.ts";
import { featureMeans } from "../leastSquares.ts";
import { linearContributions, type LinearOutput } from "../linearContributions.ts";
import { param, positive, resolveParams } from "../params.ts";
import { affineNodes, constantNodes } from "../onnxNodes.ts";
import { requireComplete } from "../requireComplete.ts";
import { fitLogistic } from "./fitLogistic.ts";
import { logisticPredictor, type LogisticModel } from "./logisticPredictor.ts";

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

  load: (fitted) => ofWidth(fitted, logisticPredictor(readState(fitted))),

  /** Classes not seen in training have a margin of −∞ for every row. */
  contributions(fitted, X) {
    requireWidth(X, fitted);
    const width = fitted.featureNames.length;
    const means = numberList(fitted, "means", fitted.state.means, width);
    const outputs = Array.from({ length: fitted.classCount }, (_, code) => outputOf(readState(fitted), code, width));
    return linearContributions(fitted.classCount === 2 ? [logOdds(outputs)] : outputs, means, X);
  },

  /** Mean absolute coefficient over the classes. */
  importance(fitted) {
    const { coefficients } = readState(fitted);
    const result = new Float64Array(fitted.featureNames.length);
    for (const row of coefficients) row.forEach((value, j) => (result[j]! += Math.abs(value) / coefficients.length));
    return result;
  },

  /** Classes not seen in training have probability 0. */
  toOnnx(graph, fitted, input) {
    const { classCount } = fitted;
    const { classes, coefficients, intercepts } = readState(fitted);
    if (classes.length === 1) {
      const sure = Array.from({ length: classCount }, (_, code) => (code === classes[0] ? 1 : 0));
      return constantNodes(graph, classCount === 2 ? sure.slice(1) : sure, input);
    }
    const margins = affineNodes(graph, input, coefficients, intercepts);
    const axis = { axis: { int: 1 } };
    if (classes.length > 2) return toAllClasses(graph, graph.add("Softmax", [margins], axis), classes, classCount);
    const second = graph.add("Sigmoid", [margins]);
    if (classCount === 2) return second;
    const both = graph.add("Concat", [complement(graph, second), second], axis);
    return toAllClasses(graph, both, classes, classCount);
  },
} satisfies Estimator;

/** Expands the probabilities of the classes seen in training to all classes. */
function toAllClasses(graph: GraphBuilder, seen: string, classes: readonly number[], classCount: number): string {
  if (classes.length === classCount) return seen;
  const places = classes.flatMap((code) => Array.from({ length: classCount }, (_, k) => (k === code ? 1 : 0)));
  return graph.add("MatMul", [seen, graph.constant("double", places, [classes.length, classCount])]);
}

/** Linear input of the softmax for a class; if two classes were seen, 0 for the first of them. */
function outputOf({ classes, coefficients, intercepts }: LogisticModel, code: number, width: number): LinearOutput {
  const seen = classes.indexOf(code);
  const none = new Float64Array(width);
  if (seen === -1) return { coefficients: none, intercept: -Infinity };
  const at = classes.length > 2 ? seen : seen - 1;
  return at === -1
    ? { coefficients: none, intercept: 0 }
    : { coefficients: coefficients[at]!, intercept: intercepts[at]! };
}

/** Log-odds of the second class. */
function logOdds([first, second]: readonly LinearOutput[]): LinearOutput {
  return { coefficients: second!.coefficients, intercept: second!.intercept - first!.intercept };
}

function readState(fitted: FittedEstimator): LogisticModel {
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
  return { classes, coefficients, intercepts, classCount: fitted.classCount };
}
