/** Shared by linear regression, ridge, lasso and elastic net: saved state, prediction, importance, contributions, ONNX. */
import type { Contributions, FittedEstimator, FitOptions, Predictor } from "../core/estimator.ts";
import type { JsonObject } from "../core/json.ts";
import type { EstimatorInput, GraphBuilder } from "../core/onnx.ts";
import type { Matrix } from "../core/table/matrix.ts";
import { finiteNumber, numberList, requireWidth } from "./fittedState.ts";
import { centre } from "./leastSquares.ts";
import type { Centres } from "./leastSquares.ts";
import { linearContributions } from "./linearContributions.ts";
import { affineNodes } from "./onnxNodes.ts";
import { dotRows } from "./rowBlock.ts";

export const linearModel = {
  /** @param centres what was subtracted before the fit; zeros without an intercept */
  state(coefficients: readonly number[], centres: Centres, means: Float64Array): JsonObject {
    const intercept = coefficients.reduce((sum, value, j) => sum - value * centres.columns[j]!, centres.y);
    return { coefficients, intercept: intercept + 0, means: [...means] }; // + 0 turns −0 into 0: JSON has no −0
  },

  /** Feature means over the training rows, which contributions need even without an intercept. */
  means(X: Matrix, y: Float64Array, { sampleWeight }: FitOptions): Float64Array {
    return centre(X, y, true, sampleWeight).columns.map((mean) => mean + 0);
  },

  load(fitted: FittedEstimator): Predictor {
    const { coefficients, intercept } = read(fitted);
    const columnCount = coefficients.length;
    const weights = new Float64Array(columnCount + 1);
    weights.set(coefficients);
    weights[columnCount] = intercept;
    return {
      predict(X) {
        requireWidth(X, fitted);
        const result = new Float64Array(X.rowCount);
        dotRows({ values: X.values, first: 0, count: X.rowCount, columnCount }, weights, result);
        return result;
      },
    };
  },

  importance(fitted: FittedEstimator): Float64Array {
    return numberList(fitted, "coefficients", fitted.state.coefficients).map(Math.abs);
  },

  contributions(fitted: FittedEstimator, X: Matrix): Contributions {
    requireWidth(X, fitted);
    const means = numberList(fitted, "means", fitted.state.means, fitted.featureNames.length);
    return linearContributions([read(fitted)], means, X);
  },

  toOnnx(graph: GraphBuilder, fitted: FittedEstimator, input: EstimatorInput): string {
    const { coefficients, intercept } = read(fitted);
    return affineNodes(graph, input, [coefficients], [intercept]);
  },
};

function read(fitted: FittedEstimator): { readonly coefficients: Float64Array; readonly intercept: number } {
  const coefficients = numberList(fitted, "coefficients", fitted.state.coefficients, fitted.featureNames.length);
  return { coefficients, intercept: finiteNumber(fitted, "intercept", fitted.state.intercept) };
}
