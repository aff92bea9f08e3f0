/** Lasso: linear regression with an L1 penalty, which sets some coefficients to 0. */
import type { Estimator, FitOptions, FittedEstimator, ParamSpec } from "../../core/estimator.ts";
import type { Matrix } from "../../core/table/matrix.ts";
import { linearModel } from "../linearModel.ts";
import { resolveParams } from "../params.ts";
import { requireComplete } from "../requireComplete.ts";
import { fitPenalized } from "./fitPenalized.ts";
import { penaltyParams } from "./penaltyParams.ts";

const params: readonly ParamSpec[] = [
  penaltyParams.alpha,
  penaltyParams.fitIntercept,
  penaltyParams.maxIter,
  penaltyParams.tol,
];

/** The objective of scikit-learn's Lasso: ‖y − X w − b‖² / (2 n) + alpha ‖w‖₁. */
export const lasso = {
  family: "lasso",
  description: "linear regression with an L1 penalty, which drops features (coefficient 0)",
  tasks: ["regression"],
  params,
  needs: { complete: true, standardized: true },

  async fit(X: Matrix, y: Float64Array, options: FitOptions): Promise<FittedEstimator> {
    const resolved = resolveParams(params, options.params, "lasso");
    requireComplete(X, y, "lasso");
    const state = await fitPenalized(X, y, { ...options, params: resolved }, 1);
    return { family: "lasso", params: resolved, featureNames: X.columnNames, task: options.task, classCount: 0, state };
  },

  load: linearModel.load,
  importance: linearModel.importance,
  contributions: linearModel.contributions,
  toOnnx: linearModel.toOnnx,
} satisfies Estimator;
