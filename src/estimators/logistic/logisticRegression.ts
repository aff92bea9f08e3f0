/** Logistic regression with an L2 penalty, binary or multinomial, with the same objective as scikit-learn's. */
import { type ParamSpec, param, positive } from "../../core/paramSpec.ts";
import type { Estimator, FittedEstimator } from "../../core/estimator.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { complement, type GraphBuilder } from "../../core/onnx.ts";
import type { Matrix } from "../../core/table/matrix.ts";
import { softmax } from "../../stats/softmax.ts";
import { numberList, ofWidth, requireWidth, unfit } from "../fittedState.ts";
import { featureMeans } from "../leastSquares.ts";
import { resolveParams } from "../params.ts";
import { affineNodes, constantNodes, linearContributions, linearMargins, type LinearOutput } from "../linearOutput.ts";
import { requireComplete } from "../requireComplete.ts";
import { fitLogistic } from "./fitLogistic.ts";

interface LogisticModel {
  /** Codes of the classes seen in training, ascending; other classes get probability 0. */
  readonly classes: readonly number[];
  /** One entry per class; with two classes a single one, for the second class. */
  readonly outputs: readonly LinearOutput[];
}

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
    const model = readState(fitted);
    return ofWidth(fitted, (X) => probabilities(model, fitted.classCount, X));
  },

  /** Classes not seen in training have a margin of −∞ for every row. */
  contributions(fitted, X) {
    requireWidth(X, fitted);
    const width = fitted.featureNames.length;
    const means = numberList(fitted, "means", fitted.state.means, width);
    const model = readState(fitted);
    const outputs = Array.from({ length: fitted.classCount }, (_, code) => outputOf(model, code, width));
    const [first, second] = outputs;
    const logOdds = { ...second!, intercept: second!.intercept - first!.intercept };
    return linearContributions(fitted.classCount === 2 ? [logOdds] : outputs, means, X);
  },

  /** Mean absolute coefficient over the classes. */
  importance(fitted) {
    const { outputs } = readState(fitted);
    const result = new Float64Array(fitted.featureNames.length);
    for (const { coefficients } of outputs)
      coefficients.forEach((value, j) => (result[j]! += Math.abs(value) / outputs.length));
    return result;
  },

  /** Classes not seen in training have probability 0. */
  toOnnx(graph, fitted, input) {
    const { classCount } = fitted;
    const { classes, outputs } = readState(fitted);
    if (classes.length === 1) {
      const sure = Array.from({ length: classCount }, (_, code) => (code === classes[0] ? 1 : 0));
      return constantNodes(graph, classCount === 2 ? sure.slice(1) : sure, input);
    }
    const intercepts = outputs.map(({ intercept }) => intercept);
    const margins = affineNodes(
      graph,
      input,
      outputs.map(({ coefficients }) => coefficients),
      intercepts,
    );
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
function outputOf({ classes, outputs }: LogisticModel, code: number, width: number): LinearOutput {
  const seen = classes.indexOf(code);
  const none = { coefficients: new Float64Array(width), intercept: seen === -1 ? -Infinity : 0 };
  return outputs[classes.length > 2 ? seen : seen - 1] ?? none;
}

/** As Predictor.predict: (n) if classCount is 2, else (n × classCount). */
function probabilities({ classes, outputs }: LogisticModel, classCount: number, X: Matrix): Float64Array {
  const margins = outputs.map((output) => linearMargins(X, output));
  const result = new Float64Array(X.rowCount * classCount).fill(classes.length > 2 ? -Infinity : 0);
  for (let i = 0, at = 0; i < X.rowCount; i++, at += classCount) {
    if (classes.length === 1) result[at + classes[0]!] = 1;
    else if (classes.length > 2) classes.forEach((code, k) => (result[at + code] = margins[k]![i]!));
    else {
      const z = margins[0]![i]!;
      const tail = Math.exp(-Math.abs(z));
      result[at + classes[0]!] = (z >= 0 ? tail : 1) / (1 + tail);
      result[at + classes[1]!] = (z >= 0 ? 1 : tail) / (1 + tail);
    }
  }
  if (classes.length > 2) softmax(result, classCount);
  return classCount === 2 ? Float64Array.from({ length: X.rowCount }, (_, i) => result[2 * i + 1]!) : result;
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
  return { classes, outputs: coefficients.map((row, k) => ({ coefficients: row, intercept: intercepts[k]! })) };
}
