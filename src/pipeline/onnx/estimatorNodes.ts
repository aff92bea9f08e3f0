/** Model families as ONNX operators: from features to the output of Predictor.predict. */
import { MlctlError } from "../../core/errors.ts";
import type { FittedEstimator } from "../../core/estimator.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { readEnsemble } from "../../estimators/xgboost/ensemble.ts";
import { objectiveSpec, type Link } from "../../estimators/xgboost/objectives.ts";
import type { GraphBuilder } from "./graph.ts";
import { scalar } from "./graphColumns.ts";
import { treeNodes } from "./treeNodes.ts";

export interface EstimatorInput {
  /** (rows × features), doubles; undefined if the model has no features. */
  readonly features: string | undefined;
  /** Any input, for the number of rows. */
  readonly rows: string;
}

type Writer = (graph: GraphBuilder, fitted: FittedEstimator, input: EstimatorInput) => string;

const writers: Readonly<Record<string, Writer>> = {
  baseline: baselineNodes,
  linear_regression: linearNodes,
  ridge: linearNodes,
  lasso: linearNodes,
  elastic_net: linearNodes,
  logistic_regression: logisticNodes,
  xgboost: xgboostNodes,
};

/**
 * @returns (rows × 1) values, or probabilities of class 1; multiclass: (rows × classes) probabilities
 * @throws {MlctlError} kind "usage" for an unsupported family
 */
export function estimatorNodes(graph: GraphBuilder, fitted: FittedEstimator, input: EstimatorInput): string {
  const write = Object.hasOwn(writers, fitted.family) ? writers[fitted.family] : undefined;
  if (write === undefined) {
    throw new MlctlError("usage", `ONNX export does not support the family ${fitted.family}`, {
      hint: `supported: ${Object.keys(writers).join(", ")}; --format json exports the model in mlctl's own format`,
    });
  }
  findEstimator(fitted.family).load(fitted); // rejects a damaged state
  return write(graph, fitted, input);
}

function required({ features }: EstimatorInput): string {
  if (features !== undefined) return features;
  throw new MlctlError("usage", "the model has no features to export");
}

function baselineNodes(graph: GraphBuilder, { state, task }: FittedEstimator, input: EstimatorInput): string {
  const prediction = state["answer"] as readonly number[];
  const last = state["last"];
  if (typeof last === "number") {
    const place = graph.constant("int64", [last]);
    const value = graph.add("Gather", [required(input), place], { axis: { int: 1 } });
    return graph.add("Where", [graph.add("IsNaN", [value]), scalar(graph, prediction[0]!), value]);
  }
  return repeated(graph, task === "binary" ? prediction.slice(1) : prediction, input);
}

/** The same prediction for every row. */
function repeated(graph: GraphBuilder, prediction: readonly number[], { rows }: EstimatorInput): string {
  const count = graph.add("Gather", [graph.add("Shape", [rows]), graph.constant("int64", [0])]);
  const shape = graph.add("Concat", [count, graph.constant("int64", [prediction.length])], { axis: { int: 0 } });
  return graph.add("Expand", [graph.constant("double", prediction, [1, prediction.length]), shape]);
}

/** (rows × outputs) = X · Wᵀ + b. */
function affine(
  graph: GraphBuilder,
  input: EstimatorInput,
  weights: readonly (readonly number[])[],
  intercepts: readonly number[],
): string {
  const width = weights[0]!.length;
  const columns = Array.from({ length: width }, (_, j) => weights.map((row) => row[j]!)).flat();
  const matrix = graph.constant("double", columns, [width, weights.length]);
  const product = graph.add("MatMul", [required(input), matrix]);
  return graph.add("Add", [product, graph.constant("double", intercepts, [1, intercepts.length])]);
}

function linearNodes(graph: GraphBuilder, { state }: FittedEstimator, input: EstimatorInput): string {
  return affine(graph, input, [state["coefficients"] as readonly number[]], [state["intercept"] as number]);
}

/** Classes not seen in training have probability 0. */
function logisticNodes(graph: GraphBuilder, { state, classCount }: FittedEstimator, input: EstimatorInput): string {
  const classes = state["classes"] as readonly number[];
  const weights = state["coefficients"] as readonly (readonly number[])[];
  const intercepts = state["intercepts"] as readonly number[];
  if (classes.length === 1) {
    const sure = Array.from({ length: classCount }, (_, code) => (code === classes[0] ? 1 : 0));
    return repeated(graph, classCount === 2 ? sure.slice(1) : sure, input);
  }
  const margins = affine(graph, input, weights, intercepts);
  if (classes.length > 2)
    return toAllClasses(graph, graph.add("Softmax", [margins], { axis: { int: 1 } }), classes, classCount);
  const second = graph.add("Sigmoid", [margins]);
  if (classCount === 2) return second;
  return toAllClasses(
    graph,
    graph.add("Concat", [complement(graph, second), second], { axis: { int: 1 } }),
    classes,
    classCount,
  );
}

/** Expands the probabilities of the classes seen in training to all classes. */
function toAllClasses(graph: GraphBuilder, seen: string, classes: readonly number[], classCount: number): string {
  if (classes.length === classCount) return seen;
  const places = classes.flatMap((code) => Array.from({ length: classCount }, (_, k) => (k === code ? 1 : 0)));
  return graph.add("MatMul", [seen, graph.constant("double", places, [classes.length, classCount])]);
}

/** 1 − p. */
export function complement(graph: GraphBuilder, probability: string): string {
  return graph.add("Sub", [scalar(graph, 1), probability]);
}

/** From margins to predictions. */
const links: Readonly<Record<Link, (graph: GraphBuilder, margins: string) => string>> = {
  identity: (_graph, margins) => margins,
  log: (graph, margins) => graph.add("Exp", [margins]),
  logistic: (graph, margins) => graph.add("Sigmoid", [margins]),
  softmax: (graph, margins) => graph.add("Softmax", [margins], { axis: { int: 1 } }),
};

function xgboostNodes(graph: GraphBuilder, fitted: FittedEstimator, input: EstimatorInput): string {
  const ensemble = readEnsemble(fitted);
  return links[objectiveSpec(ensemble.objective).link](graph, treeNodes(graph, ensemble, required(input)));
}
