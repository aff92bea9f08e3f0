/** Shared by linear regression, ridge, lasso and elastic net, which differ only in how they solve for the coefficients. */
import { param, positive } from "../../core/paramSpec.ts";
import type { Estimator, FittedEstimator } from "../../core/estimator.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Matrix } from "../../core/table/table.ts";
import { finiteNumber, numberList, ofWidth, requireWidth, resolveParams, requireComplete } from "../fittedState.ts";
import { centre, featureMeans, triangularFactor, type TriangularFactor } from "../leastSquares.ts";
import { affineNodes, linearContributions, linearMargins, type LinearOutput } from "../linearOutput.ts";
import { turnsFor, type Turns } from "../turns.ts";

/** Parameters that several families have, named as in scikit-learn. */
export const penaltyParams = {
  alpha: param("alpha", { ...positive, default: 1 }, "penalty strength: larger values shrink the coefficients more"),
  fitIntercept: param("fit_intercept", { type: "boolean", default: true }, "fit an intercept"),
};

/** The rows that were reduced to a triangular factor, and the resolved parameters. */
export interface LinearProblem {
  readonly X: Matrix;
  readonly params: JsonObject;
  /** Number of rows, or the sum of their weights. */
  readonly totalWeight: number;
  readonly turns: Turns;
}

interface Definition extends Pick<Estimator, "family" | "description" | "params"> {
  /** Coefficients of the centred problem, one per feature. */
  solve(factor: TriangularFactor, problem: LinearProblem): readonly number[] | Promise<readonly number[]>;
}

export function linearFamily({ solve, ...definition }: Definition) {
  const { family, params: specs } = definition;
  return {
    ...definition,
    tasks: ["regression"],
    needs: { complete: true, standardized: true },

    async fit(X, y, { task, params: given, sampleWeight, signal }) {
      signal?.throwIfAborted();
      const params = resolveParams(specs, given, family);
      requireComplete(X, y, family);
      const centres = centre(X, y, params.fit_intercept === true, sampleWeight);
      const turns = turnsFor(signal);
      const factor = await triangularFactor(X, y, centres, { turns, weights: sampleWeight });
      const totalWeight = sampleWeight?.reduce((sum, weight) => sum + weight, 0) ?? X.rowCount;
      const coefficients = await solve(factor, { X, params, totalWeight, turns });
      const intercept = coefficients.reduce((sum, value, j) => sum - value * centres.columns[j]!, centres.y);
      const means = [...featureMeans(X, y, sampleWeight)];
      const state = { coefficients, intercept: intercept + 0, means }; // + 0 turns −0 into 0: JSON has no −0
      return { family, params, featureNames: X.columnNames, task, classCount: 0, state };
    },

    load(fitted) {
      const output = read(fitted);
      return ofWidth(fitted, (X) => linearMargins(X, output));
    },

    importance(fitted) {
      return numberList(fitted, "coefficients", fitted.state.coefficients).map(Math.abs);
    },

    contributions(fitted, X) {
      requireWidth(X, fitted);
      const means = numberList(fitted, "means", fitted.state.means, fitted.featureNames.length);
      return linearContributions([read(fitted)], means, X);
    },

    toOnnx(graph, fitted, input) {
      const { coefficients, intercept } = read(fitted);
      return affineNodes(graph, input, [coefficients], [intercept]);
    },
  } satisfies Estimator;
}

function read(fitted: FittedEstimator): LinearOutput {
  const coefficients = numberList(fitted, "coefficients", fitted.state.coefficients, fitted.featureNames.length);
  return { coefficients, intercept: finiteNumber(fitted, "intercept", fitted.state.intercept) };
}
