/** Model families as ONNX operators: from features to what Predictor.predict answers. */
import { MlctlError } from "../../core/errors.ts";
import type { FittedEstimator } from "../../core/estimator.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { readEnsemble } from "../../estimators/xgboost/ensemble.ts";
import { objectiveSpec, type Link } from "../../estimators/xgboost/objectives.ts";
import type { GraphBuilder } from "./graph.ts";
import { scalar } from "./graphColumns.ts";
import { treeNodes } from "./treeNodes.ts";

/** Where the rows come from. */
export interface EstimatorInput {
  /** (rows × features), doubles; undefined where no feature is left. */
  readonly features: string | undefined;
  /** Any input: it tells how many rows there are. */
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
 * @throws {MlctlError} kind "usage" for a family that has no such form
 */
export function estimatorNodes(graph: GraphBuilder, fitted: FittedEstimator, input: EstimatorInput): string {
  const write = Object.hasOwn(writers, fitted.family) ? writers[fitted.family] : undefined;
  if (write === undefined) {
    throw new MlctlError("usage", `ONNX cannot express the family ${fitted.family}`, {
      hint: `it can ${Object.keys(writers).join(", ")}; --format json writes the model as mlctl keeps it`,
    });
  }
  findEstimator(fitted.family).load(fitted); // refuses a state that was damaged
  return write(graph, fitted, input);
}

function required({ features }: EstimatorInput): string {
  if (features !== undefined) return features;
  throw new MlctlError("usage", "the model has no feature: there is nothing to write");
}

function baselineNodes(graph: GraphBuilder, { state, task }: FittedEstimator, input: EstimatorInput): string {
  const answer = state["answer"] as readonly number[];
  const last = state["last"];
  if (typeof last === "number") {
    const place = graph.constant("int64", [last]);
    const value = graph.add("Gather", [required(input), place], { axis: { int: 1 } });
    return graph.add("Where", [graph.add("IsNaN", [value]), scalar(graph, answer[0]!), value]);
  }
  return repeated(graph, task === "binary" ? answer.slice(1) : answer, input);
}

/** The same answer for every row. */
function repeated(graph: GraphBuilder, answer: readonly number[], { rows }: EstimatorInput): string {
  const count = graph.add("Gather", [graph.add("Shape", [rows]), graph.constant("int64", [0])]);
  const shape = graph.add("Concat", [count, graph.constant("int64", [answer.length])], { axis: { int: 0 } });
  return graph.add("Expand", [graph.constant("double", answer, [1, answer.length]), shape]);
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

/** Training may have seen fewer classes than there are: the others have probability 0. */
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
    return spread(graph, graph.add("Softmax", [margins], { axis: { int: 1 } }), classes, classCount);
  const second = graph.add("Sigmoid", [margins]);
  if (classCount === 2) return second;
  return spread(
    graph,
    graph.add("Concat", [complement(graph, second), second], { axis: { int: 1 } }),
    classes,
    classCount,
  );
}

/** Puts the probabilities of the classes that were seen where those of all classes stand. */
function spread(graph: GraphBuilder, seen: string, classes: readonly number[], classCount: number): string {
  if (classes.length === classCount) return seen;
  const places = classes.flatMap((code) => Array.from({ length: classCount }, (_, k) => (k === code ? 1 : 0)));
  return graph.add("MatMul", [seen, graph.constant("double", places, [classes.length, classCount])]);
}

/** 1 − p. */
export function complement(graph: GraphBuilder, probability: string): string {
  return graph.add("Sub", [scalar(graph, 1), probability]);
}

/** From the margins of trees to answers. */
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
