/** What tune reports, returns, and writes into config.json. */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parseJsonc, withSettings } from "../../config/jsonc.ts";
import { leaves, valueAt } from "../../config/jsonPath.ts";
import type { Config } from "../../config/schema/schema.ts";
import type { Context } from "../../core/context.ts";
import { MlctlError } from "../../core/errors.ts";
import { isObject, type Json } from "../../core/json.ts";
import { formatNumber } from "../../core/text/format.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import type { Point } from "../../pipeline/search/space.ts";
import type { Trial } from "../../pipeline/search/race.ts";
import type { Candidate } from "../../pipeline/fit/candidateFeatures.ts";
import type { Session } from "../session.ts";
import { chosenBy } from "../train/automaticSettings.ts";
import { configuredCandidates } from "../train/configuredCandidates.ts";
import type { PreparedData } from "../train/trainingData.ts";
import type { PlannedSearch } from "./tuneSearches.ts";

export type SearchSummary = Pick<PlannedSearch, "model" | "foldMethod" | "trials" | "fits"> &
  Readonly<Record<"family" | "featureSet" | "method", string>> & { readonly folds: number };

export type SearchResult = SearchSummary & {
  /** Number of trials taken from an earlier search. */
  readonly reused: number;
  readonly pruned: number;
  readonly failed: number;
  readonly best: { readonly trial: number; readonly params: Point; readonly value: number };
  /** Value of the parameters that are configured now, on the same folds; null if it is undefined. */
  readonly configured: number | null;
};

/**
 * Writes the best parameters of models into a config.json. If it names no models, those that
 * mlctl chose are written, with all that it chose for them: parameters without their models would have no effect.
 * @param searches the best of each model
 * @param options.to the file to write atomically; may be config.json itself
 */
export function writeParams(
  { configPath, config: given }: Pick<Session, "configPath" | "config">,
  searches: readonly SearchResult[],
  { chosen, to }: { readonly chosen: Config; readonly to: string },
): void {
  const text = readFileSync(configPath, "utf8");
  const { time_column, drop_columns, features, train } = chosen;
  const namesModels = isObject(valueAt(parseJsonc(text, configPath).value, ["train", "models", 0]));
  const settings = leaves({ time_column, drop_columns, features, train } as unknown as Json).filter(
    ({ path, value }) => {
      if (path.join(".") === "train.models") return !namesModels;
      return JSON.stringify(value) !== JSON.stringify(valueAt(given, path));
    },
  );
  const params = searches.flatMap(({ model, best }) =>
    Object.entries(best.params).map(([name, value]) => ({ path: ["train", "models", model, "params", name], value })),
  );
  atomicWrite(to, withSettings(text, [...settings, ...params]));
}

interface Trained {
  readonly prepared: PreparedData;
  readonly better: readonly SearchResult[];
  readonly tuned: readonly Candidate[];
}

/**
 * Of config.json with the parameters that are written: `fullprocess` goes on with the model, in place of training it again.
 * @returns undefined if training with that config.json would not give the models that were trained
 */
export function sessionAsWritten(given: Session, { prepared, better, tuned }: Trained): Session | undefined {
  const { config } = prepared;
  const models = (config.train.models ?? []).map((each, i) => {
    const params = better.find(({ model }) => model === i)?.best.params;
    return params === undefined ? each : { ...each, params: { ...each.params, ...params } };
  });
  const written = chosenBy(given, { config: { ...config, train: { ...config.train, models } } });
  const candidates = configuredCandidates(written, prepared.target.task).map(({ candidate }) => candidate);
  const isSame = isDeepStrictEqual(candidates, tuned) && prepared.selection !== undefined && config.train.time === null;
  return isSame ? written : undefined;
}

/** Smaller is better, see lossFor. */
type LossOf = (value: number | null) => number;

/** @throws {MlctlError} kind "data" if no trial has a value */
export function bestOf({ subject }: PlannedSearch, trials: readonly Trial[], lossOf: LossOf): SearchResult["best"] {
  const finished = trials.filter(({ status, value }) => status === "finished" && value !== null);
  const { family, featureSet, metric } = subject.candidate;
  if (finished.length === 0) {
    const error = trials.find((trial) => trial.error !== undefined)?.error;
    const why = error === undefined ? "" : `: ${error}`;
    throw new MlctlError("data", `no trial of ${family} on ${featureSet} produced a value of ${metric}${why}`, {
      hint: "run `mlctl train` to see whether the model can be fitted at all",
    });
  }
  // The first of equal trials, so that more trials do not change the result.
  const best = finished.reduce((found, trial) => (lossOf(trial.value) < lossOf(found.value) ? trial : found));
  return { trial: best.number, params: best.params, value: best.value! };
}

/** Whether the best trial is better than the configured parameters. */
export function isBetter({ best, configured }: SearchResult, lossOf: LossOf): boolean {
  return lossOf(best.value) < lossOf(configured);
}

/**
 * The best search of each model. Its parameters hold on every feature set, so they have to be better than the configured
 * ones on the feature set that suits these best.
 * @param searches best first
 */
export function bestOfModels(searches: readonly SearchResult[], lossOf: LossOf): SearchResult[] {
  return [...Map.groupBy(searches, ({ model }) => model).values()].map((own) => {
    const most = own.reduce((best, each) => (lossOf(each.configured) < lossOf(best.configured) ? each : best));
    return { ...own[0]!, configured: most.configured };
  });
}

export function keptNote({ family, featureSet, configured, best, folds }: SearchResult): string {
  const on = featureSet === "all" ? "" : ` on ${featureSet}`;
  return `${family}${on} keeps its configured parameters: ${formatNumber(configured)} on ${folds} folds, the best trial ${formatNumber(best.value)}`;
}

/** Equal searches stay in their order. */
export function bestFirst(searches: readonly SearchResult[], lossOf: LossOf): SearchResult[] {
  return searches.toSorted((a, b) => lossOf(a.best.value) - lossOf(b.best.value));
}

/**
 * Reports the progress of all searches and the best trial so far.
 * @param options.hasEnd whether the number of trials is known
 * @param options.helpers the workers of other machines, in words
 */
export function tuneProgress(
  context: Context,
  searches: readonly PlannedSearch[],
  { lossOf, hasEnd, helpers }: { lossOf: LossOf; hasEnd: boolean; helpers: () => string | undefined },
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
      const isAhead = trial.status === "finished" && lossOf(trial.value) < lossOf(best?.trial.value ?? null);
      if (isAhead) best = { search, trial };
      emit();
    },
    /** Replaces the error of the abort signal by one with the best trial so far. */
    interrupted(error: unknown): unknown {
      if (!(error instanceof MlctlError)) return error;
      const found = best && `; best so far: ${bestText(best.search, best.trial)}, ${JSON.stringify(best.trial.params)}`;
      const message = `${error.message} after ${done}${hasEnd ? ` of ${total}` : ""} trials${found ?? ""}`;
      return new MlctlError(error.kind, message, { cause: error, hint: error.hint });
    },
  };
}

function bestText({ subject }: PlannedSearch, { value }: Trial): string {
  const { metric, family, featureSet } = subject.candidate;
  return `${metric} ${formatNumber(value)} (${family}${featureSet === "all" ? "" : ` on ${featureSet}`})`;
}
