/** Truncates a boosted model. Each round depends only on earlier rounds, so the result equals a shorter fit. */
import type { FittedEstimator } from "../../../core/estimator.ts";
import type { JsonObject } from "../../../core/json.ts";
import { readEnsemble } from "../ensemble.ts";

/** @param rounds at most the number of rounds of the model */
export function firstRounds(fitted: FittedEstimator, rounds: number): FittedEstimator {
  const ensemble = readEnsemble(fitted);
  const treesPerRound = ensemble.outputCount * Number(fitted.params.num_parallel_tree ?? 1);
  const state: JsonObject = { ...ensemble, trees: ensemble.trees.slice(0, rounds * treesPerRound) };
  return { ...fitted, params: { ...fitted.params, n_estimators: rounds }, state };
}
