/** Exports a model as an ONNX file, from columns or from features to predictions. */
import { MlctlError } from "../../core/errors.ts";
import type { Estimator, FittedEstimator } from "../../core/estimator.ts";
import {
  columnTensor,
  complement,
  graphColumn,
  scalar,
  type EstimatorInput,
  type GraphBuilder,
  type GraphColumn,
} from "../../core/onnx.ts";
import type { Calibration, Model } from "../../core/records/model.ts";
import type { ColumnKind } from "../../core/table/table.ts";
import { marginNodes } from "../../estimators/ensemble.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { estimators } from "../../estimators/index.ts";
import { transformNodes } from "../../features/branches.ts";
import { requireTransform } from "../../features/index.ts";
import { encodeModel, newGraph, type Graph, type GraphValue, type OnnxGraph } from "./encodeModel.ts";

/** "columns": the inputs are the model's columns; "features": the input is the matrix that its transforms compute. */
type From = "columns" | "features";

const inputDescriptions: Readonly<Record<ColumnKind, string>> = {
  number: "number; NaN if missing",
  category: "text; empty if missing",
  date: "milliseconds since 1970-01-01 UTC; NaN if missing",
};

type Output = GraphValue & { readonly from: string };

/** @throws {MlctlError} kind "usage" for an unsupported transform or family */
export function exportOnnx(model: Model, { from }: { readonly from: From }) {
  const graph = newGraph();
  const input = from === "columns" ? columnInput(graph, model) : featureInput(graph, model);
  const predictions = estimatorNodes(graph, model.estimator, input);
  const taken = new Set(model.signature.inputs.map(({ name }) => name));
  const outputs = outputsOf(graph, model, predictions).map((output) => ({ ...output, name: free(output.name, taken) }));
  const finished = graph.finish(outputs, input.rows);
  return { bytes: encodeModel(fileOf(model, finished)), inputs: finished.inputs, outputs: finished.outputs };
}

/** Appends `_` while the name is that of a column, e.g. "prediction". */
function free(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? free(`${name}_`, taken) : name;
}

function columnInput(graph: Graph, { signature, transforms }: Model) {
  const columns = signature.inputs.map(({ name, kind }) => {
    const type = kind === "category" ? "string" : "double";
    return graphColumn(name, graph.input({ name, type, width: 1, description: inputDescriptions[kind] }), kind);
  });
  const steps = transforms.map(({ type, state }) => ({ transform: requireTransform(type), state }));
  const made = steps.reduce<readonly GraphColumn[]>((all, step) => transformNodes(graph, step, all), columns);
  const rows = columns[0]?.tensor;
  if (rows === undefined) throw new MlctlError("usage", "the model has no input columns to export");
  return { features: made.length > 0 ? joined(graph, made) : undefined, rows };
}

function featureInput(graph: Graph, { estimator }: Model) {
  const width = estimator.featureNames.length;
  if (width === 0) throw new MlctlError("usage", "the model has no features to export");
  const description = "numbers in the order of the metadata's features; NaN if missing";
  const features = graph.input({ name: "features", type: "double", width, description });
  return { features, rows: features };
}

function outputsOf(graph: GraphBuilder, model: Model, predictions: string): Output[] {
  const { task, classes = [], name } = model.signature.target;
  const flat = (tensor: string): string => graph.add("Reshape", [tensor, graph.constant("int64", [-1])]);
  if (task === "regression") {
    return [{ name: "prediction", type: "double", width: null, description: name, from: flat(predictions) }];
  }
  const [probabilities, code] =
    task === "binary"
      ? binary(graph, model, predictions)
      : [predictions, graph.add("ArgMax", [predictions], { axis: { int: 1 } })];
  const label = graph.add("Gather", [graph.constant("string", classes), flat(code)]);
  const description = `of ${classes.join(", ")}`;
  return [
    { name: "prediction", type: "string", width: null, description: `${name}: the class`, from: label },
    { name: "probabilities", type: "double", width: classes.length, description, from: probabilities },
  ];
}

/** @returns calibrated probabilities of both classes, and the class code by the model's threshold */
function binary(graph: GraphBuilder, { calibration, threshold }: Model, raw: string): [string, string] {
  const probability = calibration === undefined ? raw : calibrationNodes(graph, raw, calibration);
  const both = graph.add("Concat", [complement(graph, probability), probability], { axis: { int: 1 } });
  const below = graph.add("Less", [probability, scalar(graph, threshold ?? 0.5)]);
  return [both, graph.add("Cast", [graph.add("Not", [below])], { to: { int: 7 } })];
}

function fileOf(model: Model, graph: OnnxGraph) {
  const { task, classes, name: target } = model.signature.target;
  const { family, featureNames } = model.estimator;
  return {
    ...graph,
    name: "mlctl",
    description: `${family} that predicts ${target}`,
    producerVersion: model.codeVersion,
    metadata: {
      target,
      task,
      features: JSON.stringify(featureNames),
      ...(classes === undefined ? {} : { classes: JSON.stringify(classes) }),
      ...(task === "binary" ? { threshold: String(model.threshold ?? 0.5) } : {}),
      model_sha256: model.sha256,
    },
  };
}

/** @returns (rows × features). @throws {MlctlError} kind "usage" if text or dates are left */
function joined(graph: GraphBuilder, columns: readonly GraphColumn[]): string {
  const wrong = columns.find(({ kind }) => kind !== "number");
  if (wrong !== undefined) throw new MlctlError("usage", `column "${wrong.name}" is not a number after all transforms`);
  const parts: string[] = [];
  for (let at = 0; at < columns.length;) {
    const first = columns[at]!;
    const block = columns.slice(at, at + first.width);
    const whole =
      block.length === first.width && block.every(({ tensor, place }, i) => tensor === first.tensor && place === i);
    parts.push(whole ? first.tensor : columnTensor(graph, first));
    at += whole ? first.width : 1;
  }
  return parts.length === 1 ? parts[0]! : graph.add("Concat", parts, { axis: { int: 1 } });
}

/** @returns see Estimator.toOnnx. @throws {MlctlError} kind "usage" for an unsupported family */
function estimatorNodes(graph: GraphBuilder, fitted: FittedEstimator, input: EstimatorInput): string {
  const estimator = findEstimator(fitted.family);
  if (estimator.toOnnx === undefined) {
    const supported = Object.values<Estimator>(estimators).filter(({ toOnnx }) => toOnnx !== undefined);
    const names = supported.map(({ family }) => family).join(", ");
    throw new MlctlError("usage", `ONNX export does not support the family ${fitted.family}`, {
      hint: `supported: ${names}; --format json exports the model in mlctl's own format`,
    });
  }
  estimator.load(fitted); // rejects a damaged state
  return estimator.toOnnx(graph, fitted, input);
}

/** @param probability (rows × 1) */
function calibrationNodes(graph: GraphBuilder, probability: string, { slope, intercept }: Calibration): string {
  const odds = marginNodes(graph, probability, "binary");
  const scaled = graph.add("Mul", [odds, scalar(graph, slope)]);
  return graph.add("Sigmoid", [graph.add("Add", [scaled, scalar(graph, intercept)])]);
}
