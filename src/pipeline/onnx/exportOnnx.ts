/** A model as an ONNX file: the whole way from columns to answers, or from features to answers. */
import { MlctlError } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import type { ColumnKind } from "../../core/table/table.ts";
import { calibrationNodes } from "./calibrationNodes.ts";
import { encodeModel } from "./encodeModel.ts";
import { complement, estimatorNodes } from "./estimatorNodes.ts";
import { graphBuilder, type GraphBuilder, type GraphValue, type OnnxGraph } from "./graph.ts";
import { column, joined, scalar } from "./graphColumns.ts";
import { transformNodes } from "./transformNodes.ts";

export interface OnnxOptions {
  /** "columns": the columns that the model takes; "features": the matrix that its transforms make. */
  readonly from: "columns" | "features";
}

export interface OnnxExport {
  readonly bytes: Uint8Array;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}

const inputWords: Readonly<Record<ColumnKind, string>> = {
  number: "number; NaN where it is missing",
  category: "text; empty where it is missing",
  date: "milliseconds since 1970-01-01 UTC; NaN where it is missing",
};

type Output = GraphValue & { readonly from: string };

/** @throws {MlctlError} kind "usage" where a transform or the family has no form in ONNX */
export function exportOnnx(model: Model, { from }: OnnxOptions): OnnxExport {
  const graph = graphBuilder();
  const input = from === "columns" ? columnInput(graph, model) : featureInput(graph, model);
  const answers = estimatorNodes(graph, model.estimator, input);
  const taken = new Set(model.signature.inputs.map(({ name }) => name));
  const outputs = outputsOf(graph, model, answers).map((output) => ({ ...output, name: free(output.name, taken) }));
  const finished = graph.finish(outputs, input.rows);
  return { bytes: encodeModel(fileOf(model, finished)), inputs: finished.inputs, outputs: finished.outputs };
}

/** A column may be called "prediction". */
function free(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? free(`${name}_`, taken) : name;
}

function columnInput(graph: GraphBuilder, { signature, transforms }: Model) {
  const columns = signature.inputs.map(({ name, kind }) => {
    const description = inputWords[kind];
    return column(
      name,
      graph.input({ name, type: kind === "category" ? "string" : "double", width: 1, description }),
      kind,
    );
  });
  const made = transformNodes(graph, transforms, columns);
  const rows = columns[0]?.tensor;
  if (rows === undefined) throw new MlctlError("usage", "the model takes no column: there is nothing to write");
  return { features: made.length > 0 ? joined(graph, made) : undefined, rows };
}

function featureInput(graph: GraphBuilder, { estimator }: Model) {
  const width = estimator.featureNames.length;
  if (width === 0) throw new MlctlError("usage", "the model has no feature: there is nothing to write");
  const description = "numbers in the order of the metadata's features; NaN where one is missing";
  const features = graph.input({ name: "features", type: "double", width, description });
  return { features, rows: features };
}

function outputsOf(graph: GraphBuilder, model: Model, answers: string): Output[] {
  const { task, classes = [], name } = model.signature.target;
  const flat = (tensor: string): string => graph.add("Reshape", [tensor, graph.constant("int64", [-1])]);
  if (task === "regression") {
    return [{ name: "prediction", type: "double", width: null, description: name, from: flat(answers) }];
  }
  const [probabilities, code] =
    task === "binary" ? binary(graph, model, answers) : [answers, graph.add("ArgMax", [answers], { axis: { int: 1 } })];
  const label = graph.add("Gather", [graph.constant("string", classes), flat(code)]);
  return [
    { name: "prediction", type: "string", width: null, description: `${name}: the class`, from: label },
    {
      name: "probabilities",
      type: "double",
      width: classes.length,
      description: `of ${classes.join(", ")}`,
      from: probabilities,
    },
  ];
}

/** Calibrated, and 1 from the model's threshold on. */
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
