/** Parameters that ridge, lasso and elastic net have in common; names as in scikit-learn. */
import type { ParamSpec } from "../../core/estimator.ts";

export const penaltyParams = {
  alpha: {
    name: "alpha",
    type: "number",
    default: 1,
    minimum: 0,
    exclusiveMinimum: true,
    description: "strength of the penalty: larger shrinks more",
  },
  fitIntercept: { name: "fit_intercept", type: "boolean", default: true, description: "learn a constant term" },
  maxIter: {
    name: "max_iter",
    type: "integer",
    default: 10_000,
    minimum: 1,
    description: "most sweeps over the features",
  },
  tol: {
    name: "tol",
    type: "number",
    default: 1e-9,
    minimum: 0,
    exclusiveMinimum: true,
    description: "ends when no coefficient is further from its optimum, as a share of the largest pull of a feature",
  },
} satisfies Record<string, ParamSpec>;
