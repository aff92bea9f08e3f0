/** Missing numbers as ONNX operators. */
import type { GraphBuilder } from "../../core/onnx.ts";

/** Bool tensor: true if a value is missing or infinite. */
export function absent(graph: GraphBuilder, value: string): string {
  return graph.add("Or", [graph.add("IsNaN", [value]), graph.add("IsInf", [value])]);
}
