/** Elastic net: linear regression with an L1 and an L2 penalty. */
import type { Estimator, FitOptions, FittedEstimator, ParamSpec } from "../../core/estimator.ts";
import type { Matrix } from "../../core/table/matrix.ts";
import { linearModel } from "../linearModel.ts";
import { resolveParams } from "../params.ts";
import { requireComplete } from "../requireComplete.ts";
import { fitPenalized } from "./fitPenalized.ts";
import { penaltyParams } from "./penaltyParams.ts";

const params: readonly ParamSpec[] = [
  penaltyParams.alpha,
  {
    name: "l1_ratio",
    type: "number",
    default: 0.5,
    minimum: 0,
    maximum: 1,
    description: "mix of the penalties: 1 is L1 only (lasso), 0 is L2 only",
  },
  penaltyParams.fitIntercept,
  penaltyParams.maxIter,
  penaltyParams.tol,
];

/** The objective of scikit-learn's ElasticNet: ‖y − X w − b‖² / (2 n) + alpha (l1_ratio ‖w‖₁ + (1 − l1_ratio) ‖w‖² / 2). */
export const elasticNet = {
  family: "elastic_net",
  description: "linear regression with an L1 and an L2 penalty",
  tasks: ["regression"],
  params,
  needs: { complete: true, standardized: true },

  async fit(X: Matrix, y: Float64Array, options: FitOptions): Promise<FittedEstimator> {
    const resolved = resolveParams(params, options.params, "elastic_net");
    requireComplete(X, y, "elastic_net");
    const state = await fitPenalized(X, y, { ...options, params: resolved }, resolved.l1_ratio as number);
    return {
      family: "elastic_net",
      params: resolved,
      featureNames: X.columnNames,
      task: options.task,
      classCount: 0,
      state,
    };
  },

  load: linearModel.load,
  importance: linearModel.importance,
  contributions: linearModel.contributions,
  toOnnx: linearModel.toOnnx,
} satisfies Estimator;
