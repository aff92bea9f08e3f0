/** Shared by families that write themselves as ONNX operators. */
import { requireFeatures, type EstimatorInput, type GraphBuilder } from "../core/onnx.ts";

/** The same prediction for every row, (rows × outputs). */
export function constantNodes(graph: GraphBuilder, prediction: readonly number[], { rows }: EstimatorInput): string {
  const count = graph.add("Gather", [graph.add("Shape", [rows]), graph.constant("int64", [0])]);
  const shape = graph.add("Concat", [count, graph.constant("int64", [prediction.length])], { axis: { int: 0 } });
  return graph.add("Expand", [graph.constant("double", prediction, [1, prediction.length]), shape]);
}

/** (rows × outputs) = X · Wᵀ + b. @param weights one list per output */
export function affineNodes(
  graph: GraphBuilder,
  input: EstimatorInput,
  weights: readonly ArrayLike<number>[],
  intercepts: ArrayLike<number>,
): string {
  const width = weights[0]!.length;
  const columns = Array.from({ length: width }, (_, j) => weights.map((row) => row[j]!)).flat();
  const matrix = graph.constant("double", columns, [width, weights.length]);
  const product = graph.add("MatMul", [requireFeatures(input), matrix]);
  return graph.add("Add", [product, graph.constant("double", Array.from(intercepts), [1, intercepts.length])]);
}
