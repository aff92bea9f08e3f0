/** Lookups of strings as ONNX operators. */
import { columnTensor, type GraphBuilder, type GraphColumn } from "../../core/onnx.ts";

/** ONNX has no missing string. If the empty string is a category, no value is missing. */
export const MISSING = "";

/** Position of each string among `texts`; −1 for other strings. */
export function positions(graph: GraphBuilder, from: GraphColumn, texts: readonly string[]): string {
  return graph.addMl("LabelEncoder", [columnTensor(graph, from)], {
    keys_strings: { texts },
    values_int64s: { ints: texts.map((_, place) => place) },
    default_int64: { int: -1 },
  });
}

/** Position −1 selects the last entry, which is for all other strings. */
export function lookUp<T extends string | number>(
  graph: GraphBuilder,
  from: GraphColumn,
  { valueOf, missing, otherwise }: { valueOf: ReadonlyMap<string, T>; missing: T; otherwise: T },
): string {
  const all = new Map([[MISSING, missing], ...valueOf]);
  const values = [...all.values(), otherwise];
  const table = graph.constant(typeof otherwise === "number" ? "double" : "string", values);
  return graph.add("Gather", [table, positions(graph, from, [...all.keys()])]);
}
