/** Elastic net: linear regression with an L1 and an L2 penalty. */
import { coordinateDescent } from "./coordinateDescent.ts";
import { linearFamily } from "./linearFamily.ts";
import { param } from "../params.ts";
import { penaltyParams } from "./penaltyParams.ts";

/** The objective of scikit-learn's ElasticNet: ‖y − X w − b‖² / (2 n) + alpha (l1_ratio ‖w‖₁ + (1 − l1_ratio) ‖w‖² / 2). */
export const elasticNet = linearFamily({
  family: "elastic_net",
  description: "linear regression with an L1 and an L2 penalty",
  params: [
    penaltyParams.alpha,
    param(
      "l1_ratio",
      { type: "number", default: 0.5, minimum: 0, maximum: 1 },
      "mix of the penalties: 1 is L1 only (lasso), 0 is L2 only",
    ),
    penaltyParams.fitIntercept,
    penaltyParams.maxIter,
    penaltyParams.tol,
  ],
  solve: (factor, problem) => coordinateDescent(factor, problem, problem.params.l1_ratio as number),
});
