/** Which parameters tune writes. */
import { expect, it } from "vitest";
import { lossFor } from "../../pipeline/search/race.ts";
import { bestFirst, bestOfModels, isBetter, type SearchResult } from "./tuneResult.ts";

it("parameters of a model are better only if they are better than the configured ones on every feature set", () => {
  const search = (featureSet: string, value: number, configured: number | null): SearchResult => ({
    model: 0,
    family: "ridge",
    featureSet,
    method: "tpe",
    foldMethod: "k_fold",
    folds: 3,
    trials: 4,
    fits: 12,
    reused: 0,
    pruned: 0,
    failed: 0,
    best: { trial: 1, params: { alpha: 2 }, value },
    configured,
  });
  const lossOf = lossFor(true);
  const better = (...searches: SearchResult[]) =>
    bestOfModels(bestFirst(searches, lossOf), lossOf).map((each) => [each.featureSet, isBetter(each, lossOf)]);
  expect(better(search("a", 0.8, 0.7), search("b", 0.75, 0.9))).toEqual([["a", false]]);
  expect(better(search("a", 0.8, 0.7), search("b", 0.75, 0.72))).toEqual([["a", true]]);
  expect(better(search("a", 0.8, null), search("b", 0.75, null))).toEqual([["a", true]]);
});
