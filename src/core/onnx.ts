/** What transforms and model families need to write themselves as operators of an ONNX graph. */
import { MlctlError } from "./errors.ts";
import type { ColumnKind } from "./table/table.ts";

export type OnnxType = "float" | "double" | "int64" | "string";

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly floats: readonly number[] }
  | { readonly ints: readonly number[] }
  | { readonly texts: readonly string[] };

export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

/** Adds operators to a graph. Operators that no output needs are removed at the end. */
export interface GraphBuilder {
  /** @returns the name of the operator's output */
  add(operator: string, inputs: readonly string[], attributes?: OnnxAttributes): string;
  /** An operator of ai.onnx.ml, ONNX's own set for classical models. */
  addMl(operator: string, inputs: readonly string[], attributes: OnnxAttributes): string;
  /** Equal constants are stored once. @returns its name */
  constant(type: OnnxType, values: readonly (number | string)[], dims?: readonly number[]): string;
}

export interface GraphColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** (rows × width): doubles or strings. */
  readonly tensor: string;
  readonly width: number;
  readonly place: number;
}

export interface EstimatorInput {
  /** (rows × features), doubles; undefined if the model has no features. */
  readonly features: string | undefined;
  /** Any input, for the number of rows. */
  readonly rows: string;
}

export function requireFeatures({ features }: EstimatorInput): string {
  if (features !== undefined) return features;
  throw new MlctlError("usage", "the model has no features to export");
}

export function graphColumn(name: string, tensor: string, kind: ColumnKind = "number"): GraphColumn {
  return { name, kind, tensor, width: 1, place: 0 };
}

/** Replaces the columns that `states` name, or are the names of, in place and keeps the others. */
export function replaceColumns<T extends string | { readonly name: string }>(
  columns: readonly GraphColumn[],
  states: readonly T[],
  replace: (from: GraphColumn, state: T) => readonly GraphColumn[],
): GraphColumn[] {
  const stateOf = new Map(states.map((state) => [typeof state === "string" ? state : state.name, state]));
  return columns.flatMap((each) => {
    const state = stateOf.get(each.name);
    return state === undefined ? [each] : replace(each, state);
  });
}

export function columnTensor(graph: GraphBuilder, { tensor, width, place }: GraphColumn): string {
  if (width === 1) return tensor;
  return graph.add("Gather", [tensor, graph.constant("int64", [place])], { axis: { int: 1 } });
}

export function scalar(graph: GraphBuilder, value: number): string {
  return graph.constant("double", [value], []);
}

/** Bool tensor: true if a value is missing or infinite. */
export function absent(graph: GraphBuilder, value: string): string {
  return graph.add("Or", [graph.add("IsNaN", [value]), graph.add("IsInf", [value])]);
}

export function complement(graph: GraphBuilder, probability: string): string {
  return graph.add("Sub", [scalar(graph, 1), probability]);
}
