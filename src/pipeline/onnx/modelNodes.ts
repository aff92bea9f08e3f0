/** The transforms and the estimator of a model as ONNX operators, as their registries know them. */
import { MlctlError } from "../../core/errors.ts";
import type { Estimator, FittedEstimator } from "../../core/estimator.ts";
import { columnTensor, type EstimatorInput, type GraphBuilder, type GraphColumn } from "../../core/onnx.ts";
import type { FittedTransform } from "../../core/records/model.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { estimators } from "../../estimators/index.ts";
import { findTransform } from "../../features/index.ts";

/** @throws {MlctlError} kind "usage" naming the first unsupported transform */
export function transformNodes(
  graph: GraphBuilder,
  transforms: readonly FittedTransform[],
  columns: readonly GraphColumn[],
): readonly GraphColumn[] {
  const unsupported = transforms.find(({ type }) => findTransform(type)?.toOnnx === undefined);
  if (unsupported !== undefined) {
    throw new MlctlError("usage", `ONNX export does not support the transform "${unsupported.type}" of this model`, {
      hint: "--from features exports only the estimator, whose input is the features computed by mlctl",
    });
  }
  return transforms.reduce((made, { type, state }) => findTransform(type)!.toOnnx!(graph, state, made), columns);
}

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
