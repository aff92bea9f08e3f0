/** What tune returns, and its parameters in config.json. */
import { readFileSync } from "node:fs";
import { withParams } from "../../config/jsonc.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import type { Point } from "../../pipeline/search/space.ts";
import type { TrainResult } from "../train/recordTraining.ts";

/** A search of one model on one feature set. */
export interface SearchSummary {
  /** Position in train.models. */
  readonly model: number;
  readonly family: string;
  readonly featureSet: string;
  readonly method: string;
  readonly folds: number;
  readonly foldMethod: string;
  readonly trials: number;
  readonly fits: number;
}

export interface SearchResult extends SearchSummary {
  /** Number of trials taken from an earlier search. */
  readonly reused: number;
  readonly pruned: number;
  readonly failed: number;
  readonly best: { readonly trial: number; readonly params: Point; readonly value: number };
}

export interface TuneResult extends TrainResult {
  /** Number of trials of all searches. */
  readonly trials: number;
  readonly searches: readonly SearchResult[];
  readonly greaterIsBetter: boolean;
  /** The best trial of all searches. */
  readonly best: SearchResult["best"] & {
    readonly model: number;
    readonly family: string;
    readonly featureSet: string;
  };
}

export interface TunePlan {
  readonly dryRun: true;
  readonly searches: readonly SearchSummary[];
  readonly trials: number;
  readonly fits: number;
}

/**
 * Writes the best parameters of each model over its feature sets into a config.json.
 * @param files the config.json to read, and the file to write atomically; may be the same
 * @returns the path of the written file
 */
export function writeParams(
  { searches, greaterIsBetter }: Pick<TuneResult, "searches" | "greaterIsBetter">,
  { from, to }: { readonly from: string; readonly to: string },
): string {
  // The last entry of a model wins, which is its best search.
  const bestLast = bestFirst(searches, greaterIsBetter).toReversed();
  const params = new Map(bestLast.map(({ model, best }) => [model, best.params]));
  atomicWrite(to, withParams(readFileSync(from, "utf8"), params));
  return to;
}

/** Equal searches stay in their order. */
export function bestFirst(searches: readonly SearchResult[], greaterIsBetter: boolean): SearchResult[] {
  const sign = greaterIsBetter ? -1 : 1;
  return searches.toSorted((a, b) => sign * (a.best.value - b.best.value));
}
