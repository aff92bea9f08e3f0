/** The features, the estimator and the calibration of a model as ONNX operators. */
import { MlctlError } from "../../core/errors.ts";
import type { Estimator, FittedEstimator } from "../../core/estimator.ts";
import { columnTensor, scalar, type EstimatorInput, type GraphBuilder, type GraphColumn } from "../../core/onnx.ts";
import type { Calibration } from "../../core/records/model.ts";
import { marginNodes } from "../../estimators/ensemble.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { estimators } from "../../estimators/index.ts";

/** @returns (rows × features). @throws {MlctlError} kind "usage" if text or dates are left */
export function joined(graph: GraphBuilder, columns: readonly GraphColumn[]): string {
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
export function estimatorNodes(graph: GraphBuilder, fitted: FittedEstimator, input: EstimatorInput): string {
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

type Of<Method> = Extract<Calibration, { method: Method }>;

/** @param probability (rows × 1) */
export function calibrationNodes(graph: GraphBuilder, probability: string, calibration: Calibration): string {
  return calibration.method === "sigmoid"
    ? sigmoidNodes(graph, probability, calibration)
    : isotonicNodes(graph, probability, calibration);
}

function sigmoidNodes(graph: GraphBuilder, probability: string, { slope, intercept }: Of<"sigmoid">): string {
  const odds = marginNodes(graph, probability, "binary");
  return graph.add("Sigmoid", [
    graph.add("Add", [graph.add("Mul", [odds, scalar(graph, slope)]), scalar(graph, intercept)]),
  ]);
}

/** Linear interpolation as a sum over the segments: how far the probability is along a segment, times its slope. */
function isotonicNodes(graph: GraphBuilder, probability: string, { x, y }: Of<"isotonic">): string {
  const segments = x.slice(1).map((end, i) => ({ start: x[i]!, width: end - x[i]!, rise: y[i + 1]! - y[i]! }));
  const first = scalar(graph, y[0]!);
  const row = (values: readonly number[]): string => graph.constant("double", values, [1, values.length]);
  const column = (values: readonly number[]): string => graph.constant("double", values, [values.length, 1]);
  const rising = segments.filter(({ width }) => width > 0);
  const jumps = segments.filter(({ width, rise }) => width === 0 && rise !== 0);
  const zero = graph.add("Mul", [probability, scalar(graph, 0)]);
  let sum = graph.add("Add", [zero, first]);
  if (rising.length > 0) {
    const beyondStart = graph.add("Sub", [probability, row(rising.map(({ start }) => start))]);
    const covered = graph.add("Min", [
      graph.add("Max", [beyondStart, scalar(graph, 0)]),
      row(rising.map(({ width }) => width)),
    ]);
    const slopes = column(rising.map(({ rise, width }) => rise / width));
    sum = graph.add("Add", [sum, graph.add("MatMul", [covered, slopes])]);
  }
  if (jumps.length > 0) {
    const beyond = graph.add("Greater", [probability, row(jumps.map(({ start }) => start))]);
    const heights = column(jumps.map(({ rise }) => rise));
    sum = graph.add("Add", [sum, graph.add("MatMul", [graph.add("Cast", [beyond], { to: { int: 11 } }), heights])]);
  }
  return sum;
}
