/** Parameters shared by ridge, lasso and elastic net, named as in scikit-learn. */
import type { ParamSpec } from "../../core/estimator.ts";
import { positive } from "../params.ts";

export const penaltyParams = {
  alpha: {
    name: "alpha",
    ...positive,
    default: 1,
    description: "penalty strength: larger values shrink the coefficients more",
  },
  fitIntercept: { name: "fit_intercept", type: "boolean", default: true, description: "fit an intercept" },
  maxIter: {
    name: "max_iter",
    type: "integer",
    default: 10_000,
    minimum: 1,
    description: "maximum number of sweeps over the features",
  },
  tol: {
    name: "tol",
    ...positive,
    default: 1e-9,
    description: "stop when every coefficient is this close to its optimum, as a share of the largest initial gradient",
  },
} satisfies Record<string, ParamSpec>;
