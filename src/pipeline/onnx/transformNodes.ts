/** Transforms as ONNX operators, by type. */
import { MlctlError } from "../../core/errors.ts";
import type { FittedTransform } from "../../core/records/model.ts";
import type { DropState } from "../../features/drop.ts";
import type { SelectState } from "../../features/select.ts";
import { datePartsNodes } from "./dateNodes.ts";
import type { GraphBuilder } from "./graph.ts";
import type { GraphColumn } from "./graphColumns.ts";
import {
  clipNodes,
  cyclicalNodes,
  imputeNodes,
  logNodes,
  ratioNodes,
  roundNodes,
  standardizeNodes,
} from "./numberTransforms.ts";
import { groupNodes, mapNodes, oneHotNodes, ordinalNodes, targetEncodeNodes } from "./textTransforms.ts";

type Writer = (graph: GraphBuilder, state: never, columns: readonly GraphColumn[]) => GraphColumn[];

const writers: Readonly<Record<string, Writer>> = {
  clip: clipNodes,
  cyclical: cyclicalNodes,
  date_parts: datePartsNodes,
  drop: (_graph, state: DropState, columns) => columns.filter(({ name }) => !state.columns.includes(name)),
  group: groupNodes,
  impute: imputeNodes,
  log: logNodes,
  map: mapNodes,
  one_hot: oneHotNodes,
  ordinal: ordinalNodes,
  ratio: ratioNodes,
  round: roundNodes,
  select: selected,
  standardize: standardizeNodes,
  target_encode: targetEncodeNodes,
};

/** @throws {MlctlError} kind "usage" naming the first unsupported transform */
export function transformNodes(
  graph: GraphBuilder,
  transforms: readonly FittedTransform[],
  columns: readonly GraphColumn[],
): readonly GraphColumn[] {
  const unsupported = transforms.find(({ type }) => !Object.hasOwn(writers, type));
  if (unsupported !== undefined) {
    throw new MlctlError("usage", `ONNX export does not support the transform "${unsupported.type}" of this model`, {
      hint: "--from features exports only the estimator, whose input is the features computed by mlctl",
    });
  }
  // The state of a fitted transform always belongs to its type.
  return transforms.reduce((current, { type, state }) => writers[type]!(graph, state as never, current), columns);
}

function selected(_graph: GraphBuilder, state: SelectState, columns: readonly GraphColumn[]): GraphColumn[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return state.columns.map(({ name }) => byName.get(name)!);
}
