/** Parameters shared by ridge, lasso and elastic net, named as in scikit-learn. */
import type { ParamSpec } from "../../core/estimator.ts";

export const penaltyParams = {
  alpha: {
    name: "alpha",
    type: "number",
    default: 1,
    minimum: 0,
    exclusiveMinimum: true,
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
    type: "number",
    default: 1e-9,
    minimum: 0,
    exclusiveMinimum: true,
    description: "stop when every coefficient is this close to its optimum, as a share of the largest initial gradient",
  },
} satisfies Record<string, ParamSpec>;
