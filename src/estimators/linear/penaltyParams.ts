/** Parameters shared by ridge, lasso and elastic net, named as in scikit-learn. */
import { param, positive } from "../params.ts";

export const penaltyParams = {
  alpha: param("alpha", { ...positive, default: 1 }, "penalty strength: larger values shrink the coefficients more"),
  fitIntercept: param("fit_intercept", { type: "boolean", default: true }, "fit an intercept"),
  maxIter: param(
    "max_iter",
    { type: "integer", default: 10_000, minimum: 1 },
    "maximum number of sweeps over the features",
  ),
  tol: param(
    "tol",
    { ...positive, default: 1e-9 },
    "stop when every coefficient is this close to its optimum, as a share of the largest initial gradient",
  ),
};
