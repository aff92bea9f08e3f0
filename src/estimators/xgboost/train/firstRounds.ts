/** Cuts a boosted model short: each round builds on those before it and knows nothing of those to come. */
import type { FittedEstimator } from "../../../core/estimator.ts";
import type { JsonObject } from "../../../core/json.ts";
import { readEnsemble } from "../ensemble.ts";

/** @param rounds at most as many as it has */
export function firstRounds(fitted: FittedEstimator, rounds: number): FittedEstimator {
  const ensemble = readEnsemble(fitted);
  const treesARound = ensemble.outputCount * Number(fitted.params.num_parallel_tree ?? 1);
  const state: JsonObject = { ...ensemble, trees: ensemble.trees.slice(0, rounds * treesARound) };
  return { ...fitted, params: { ...fitted.params, n_estimators: rounds }, state };
}
