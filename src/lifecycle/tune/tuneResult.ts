/** What tune reports, returns, and writes into config.json. */
import { readFileSync } from "node:fs";
import { withParams } from "../../config/jsonc.ts";
import type { Context } from "../../core/context.ts";
import { MlctlError } from "../../core/errors.ts";
import { formatNumber } from "../../core/text/format.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import type { Point } from "../../pipeline/search/space.ts";
import type { Trial } from "../../pipeline/search/race.ts";
import type { TrainResult } from "../train/recordTraining.ts";
import type { PlannedSearch } from "./tuneSearches.ts";

export type SearchSummary = Pick<PlannedSearch, "model" | "foldMethod" | "trials" | "fits"> &
  Readonly<Record<"family" | "featureSet" | "method", string>> & { readonly folds: number };

export type SearchResult = SearchSummary & {
  /** Number of trials taken from an earlier search. */
  readonly reused: number;
  readonly pruned: number;
  readonly failed: number;
  readonly best: { readonly trial: number; readonly params: Point; readonly value: number };
};

export interface TuneResult extends TrainResult {
  readonly trials: number;
  readonly searches: readonly SearchResult[];
  readonly greaterIsBetter: boolean;
  readonly best: SearchResult["best"] & Pick<SearchSummary, "model" | "family" | "featureSet">;
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

/**
 * Reports the progress of all searches and the best trial so far.
 * @param options.hasEnd whether the number of trials is known
 * @param options.helpers the workers of other machines, in words
 */
export function tuneProgress(
  context: Context,
  searches: readonly PlannedSearch[],
  { hasEnd, helpers }: { readonly hasEnd: boolean; readonly helpers: () => string | undefined },
) {
  const total = searches.reduce((sum, { trials }) => sum + trials, 0);
  let done = 0;
  let best: { readonly search: PlannedSearch; readonly trial: Trial } | undefined;
  const emit = (): void => {
    const notes = [best === undefined ? [] : `best ${bestText(best.search, best.trial)}`, helpers() ?? []].flat();
    const note = notes.length === 0 ? {} : { note: notes.join("; ") };
    context.emit({ type: "progress", stage: "tune", done, ...(hasEnd && { total }), unit: "trials", ...note });
  };
  emit();
  return {
    trial(search: PlannedSearch, trial: Trial) {
      done++;
      if (isBetter(search, trial, best?.trial)) best = { search, trial };
      emit();
    },
    /** Replaces the error of the abort signal by one with the best trial so far and how to continue. */
    interrupted(error: unknown): unknown {
      if (!(error instanceof MlctlError)) return error;
      const found = best && `; best so far: ${bestText(best.search, best.trial)}, ${JSON.stringify(best.trial.params)}`;
      const message = `${error.message} after ${done}${hasEnd ? ` of ${total}` : ""} trials${found ?? ""}`;
      const hint = "finished trials are saved: run the same command again to continue";
      return new MlctlError(error.kind, message, { cause: error, hint });
    },
  };
}

function isBetter({ plan }: PlannedSearch, { status, value }: Trial, than: Trial | undefined): boolean {
  if (status !== "finished" || value === null) return false;
  return than === undefined || (plan.greaterIsBetter ? value > than.value! : value < than.value!);
}

function bestText({ subject }: PlannedSearch, { value }: Trial): string {
  const { metric, family, featureSet } = subject.candidate;
  return `${metric} ${formatNumber(value)} (${family}${featureSet === "all" ? "" : ` on ${featureSet}`})`;
}
