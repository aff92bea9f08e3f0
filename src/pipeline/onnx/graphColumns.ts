/** GraphColumn: a table column inside a graph, and helpers for transforms. */
import { MlctlError } from "../../core/errors.ts";
import type { ColumnKind } from "../../core/table/table.ts";
import type { GraphBuilder } from "./graph.ts";

export interface GraphColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** (rows × width): doubles or strings. */
  readonly tensor: string;
  readonly width: number;
  /** Position of the column in the tensor. */
  readonly place: number;
}

/** A column with its own tensor. */
export function column(name: string, tensor: string, kind: ColumnKind = "number"): GraphColumn {
  return { name, kind, tensor, width: 1, place: 0 };
}

/** Replaces the named columns in place and keeps the others. */
export function replaceColumns(
  columns: readonly GraphColumn[],
  names: readonly string[],
  replace: (column: GraphColumn) => readonly GraphColumn[],
): GraphColumn[] {
  const chosen = new Set(names);
  return columns.flatMap((each) => (chosen.has(each.name) ? replace(each) : [each]));
}

/** The column as a tensor of its own, (rows × 1). */
export function columnTensor(graph: GraphBuilder, { tensor, width, place }: GraphColumn): string {
  if (width === 1) return tensor;
  return graph.add("Gather", [tensor, graph.constant("int64", [place])], { axis: { int: 1 } });
}

/** A number as a tensor that broadcasts to every shape. */
export function scalar(graph: GraphBuilder, value: number): string {
  return graph.constant("double", [value], []);
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
