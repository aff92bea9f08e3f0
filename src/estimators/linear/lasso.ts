/** Lasso: linear regression with an L1 penalty, which sets some coefficients to 0. */
import { coordinateDescent } from "./coordinateDescent.ts";
import { linearFamily } from "./linearFamily.ts";
import { penaltyParams } from "./penaltyParams.ts";

/** The objective of scikit-learn's Lasso: ‖y − X w − b‖² / (2 n) + alpha ‖w‖₁. */
export const lasso = linearFamily({
  family: "lasso",
  description: "linear regression with an L1 penalty, which drops features (coefficient 0)",
  params: [penaltyParams.alpha, penaltyParams.fitIntercept, penaltyParams.maxIter, penaltyParams.tol],
  solve: (factor, problem) => coordinateDescent(factor, problem, 1),
});
