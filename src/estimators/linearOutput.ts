/** Linear outputs of a model: their Shapley values and their ONNX operators. */
import type { Contributions } from "../core/estimator.ts";
import { requireFeatures, type EstimatorInput, type GraphBuilder } from "../core/onnx.ts";
import type { Matrix } from "../core/table/table.ts";
import { dotRows } from "./rowBlock.ts";

export interface LinearOutput {
  /** (n_features) */
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/** X · coefficients + intercept, (n_samples). */
export function linearMargins({ values, rowCount }: Matrix, { coefficients, intercept }: LinearOutput): Float64Array {
  const columnCount = coefficients.length;
  const weights = new Float64Array(columnCount + 1);
  weights.set(coefficients);
  weights[columnCount] = intercept;
  const margins = new Float64Array(rowCount);
  dotRows({ values, first: 0, count: rowCount, columnCount }, weights, margins);
  return margins;
}

/**
 * Shapley values: the coefficient times the distance from the mean of the training rows. Exact if the features are
 * independent, which linear SHAP assumes ("interventional").
 * @param outputs one, or one per class
 * @param means feature means over the training rows, (n_features)
 * @see Lundberg & Lee, A unified approach to interpreting model predictions (2017), corollary 1
 */
export function linearContributions(outputs: readonly LinearOutput[], means: Float64Array, X: Matrix): Contributions {
  const width = means.length;
  const outputCount = outputs.length;
  const values = new Float64Array(X.rowCount * outputCount * width);
  for (let i = 0, at = 0; i < X.rowCount; i++) {
    for (const { coefficients } of outputs) {
      for (let j = 0; j < width; j++, at++) values[at] = coefficients[j]! * (X.values[i * width + j]! - means[j]!);
    }
  }
  const baseValues = Float64Array.from(outputs, ({ coefficients, intercept }) =>
    coefficients.reduce((sum, coefficient, j) => sum + coefficient * means[j]!, intercept),
  );
  return { outputCount, values, baseValues };
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

/** The same prediction for every row, (rows × outputs). */
export function constantNodes(graph: GraphBuilder, prediction: readonly number[], { rows }: EstimatorInput): string {
  const count = graph.add("Gather", [graph.add("Shape", [rows]), graph.constant("int64", [0])]);
  const shape = graph.add("Concat", [count, graph.constant("int64", [prediction.length])], { axis: { int: 0 } });
  return graph.add("Expand", [graph.constant("double", prediction, [1, prediction.length]), shape]);
}
