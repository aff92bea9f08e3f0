/** Plans the searches that config.json configures: each model with a search space, on each feature set. */
import { createHash } from "node:crypto";
import { withValues } from "../../config/unsetValues.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Dataset } from "../../core/records/lineage.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { defaultSpaces, readSpace, valueCount, gridPoints } from "../../pipeline/search/space.ts";
import type { SearchPlan } from "../../pipeline/search/race.ts";
import type { TrialSubject } from "../../pipeline/search/trialPool.ts";
import { configuredCandidates, type ConfiguredCandidate } from "../train/configuredCandidates.ts";
import type { FoldPlan } from "../../pipeline/fit/crossValidate.ts";
import { selectionOf } from "../train/splitData.ts";
import type { PreparedData } from "../train/trainingData.ts";
import type { Workspace } from "../workspace.ts";

export interface SearchOverrides {
  readonly method?: SearchPlan["method"] | undefined;
  readonly trials?: number | undefined;
  /** Milliseconds for all searches together. */
  readonly time?: number | undefined;
}

/** Trials of a search for which neither config.json nor a flag says it. */
const DEFAULT_TRIALS = 30;
/** More are never reached within a time. */
const ENDLESS_TRIALS = 100_000;

export interface PlannedSearch {
  /** Position in train.models. */
  readonly model: number;
  readonly plan: SearchPlan;
  readonly subject: TrialSubject;
  readonly foldMethod: string;
  readonly trials: number;
  /** Number of fits if no trial is pruned. */
  readonly fits: number;
  /** Hash of the dataset, settings and seed. Searches with the same key have the same trials. */
  readonly key: string;
}

/** @throws {MlctlError} kind "usage" if no model has a search */
export function plannedSearches(
  workspace: Workspace,
  { dataset, data, overrides }: { dataset: Dataset; data: PreparedData; overrides: SearchOverrides },
): { readonly searches: readonly PlannedSearch[]; readonly candidates: readonly ConfiguredCandidate[] } {
  const { time } = overrides;
  const candidates = withSearches(configuredCandidates(workspace, data.target.task), data.selection?.folds.length);
  const searches = candidates.flatMap((configured): PlannedSearch[] => {
    const { model, candidate, search } = configured;
    if (search === undefined) return [];
    const folds = tuningFolds(workspace, data, search.folds);
    const plan: SearchPlan = {
      method: overrides.method ?? search.method,
      space: readSpace(search.space),
      trials: overrides.trials ?? (time === undefined ? search.trials : ENDLESS_TRIALS),
      folds: folds.folds.length,
      pruning: search.pruning,
      batch: search.batch,
      greaterIsBetter: findMetric(candidate.metric, data.target.task).greaterIsBetter,
      seed: candidate.seed,
    };
    if (time !== undefined && plan.method === "halving") {
      throw new MlctlError("usage", "--time does not go with the method halving, which plans all its trials at once", {
        hint: "mlctl tune --method tpe --time 10m",
      });
    }
    const stopOn = data.config.train.refit === true ? data.split.training : null;
    const subject = { candidate, folds: folds.folds, aggregate: folds.aggregate, stopOn };
    const key = keyOf(workspace, { dataset, plan, subject, foldMethod: folds.method });
    return [{ model, plan, subject, foldMethod: folds.method, key, ...sizeOf(plan, model) }];
  });
  if (searches.length > 0) return { searches, candidates };
  throw new MlctlError("usage", "no model in config.json has a search space, and no family has one by default", {
    hint: 'add "search": { "method": "tpe", "space": { "max_depth": { "distribution": "integer", "low": 2, "high": 10 } } } to a model in train.models',
  });
}

/**
 * If no model has a search, the first of each family gets the default one.
 * @param folds of the leaderboard: parameters that are better on others may be worse on these
 */
function withSearches(candidates: readonly ConfiguredCandidate[], folds = 3): readonly ConfiguredCandidate[] {
  if (candidates.some(({ search }) => search !== undefined)) return candidates;
  const first = new Map(candidates.toReversed().map(({ candidate, model }) => [candidate.family, model]));
  return candidates.map((each) => {
    const { family } = each.candidate;
    const space = defaultSpaces[family];
    if (space === undefined || first.get(family) !== each.model) return each;
    return { ...each, search: { method: "tpe", trials: DEFAULT_TRIALS, folds, pruning: "median", space } } as const;
  });
}

/**
 * Folds of the training rows. The method is that of train.selection, or else "time_series" if there is a time column,
 * "stratified_k_fold" for classification, "k_fold" for regression.
 */
export function tuningFolds(
  { config }: Pick<Workspace, "config">,
  { toSelectOn }: PreparedData,
  folds: number,
): FoldPlan {
  const { selection } = config.train;
  const defaultMethod =
    config.time_column !== null ? "time_series" : toSelectOn.classCount > 0 ? "stratified_k_fold" : "k_fold";
  const method = selection.method === null || selection.method === "validation" ? defaultMethod : selection.method;
  const train = { ...config.train, selection: { ...selection, method, folds } };
  return selectionOf(withValues(config, { train }), toSelectOn)!;
}

function sizeOf(plan: SearchPlan, model: number): { trials: number; fits: number } {
  const { method, space, folds } = plan;
  if (method === "grid") {
    const continuous = space.find((dimension) => !Number.isFinite(valueCount(dimension)));
    if (continuous !== undefined) {
      const place = `train.models.${model}.search.space.${continuous.name}`;
      const hint = "or use another method: --method tpe";
      throw new MlctlError("usage", `${place}: grid search needs a step or a list of values`, { hint });
    }
    const { length } = gridPoints(space);
    return { trials: length, fits: length * folds };
  }
  const points = space.every(({ when }) => Object.keys(when).length === 0)
    ? space.reduce((product, dimension) => product * valueCount(dimension), 1)
    : Infinity;
  const trials = Math.min(plan.trials, points);
  return { trials, fits: method === "halving" ? halvingFits(trials, folds) : trials * folds };
}

/** Fits of successive halving: one fold for all trials, three for a third, nine for a ninth …, all folds for the last. */
function halvingFits(trials: number, folds: number): number {
  let fits = 0;
  for (let [alive, done, stop] = [trials, 0, 1]; done < folds; stop *= 3) {
    fits += alive * (Math.min(stop, folds) - done);
    done = Math.min(stop, folds);
    alive = Math.ceil(alive / 3);
  }
  return fits;
}

type KeyParts = Pick<PlannedSearch, "plan" | "subject" | "foldMethod"> & { readonly dataset: Dataset };

/** The number of trials is not part of the key (a longer search starts with the same trials), except for halving. */
function keyOf({ config, codeVersion }: Workspace, { dataset, plan, subject, foldMethod }: KeyParts): string {
  const { trials, ...rest } = plan;
  const { target, task, positive_class, id_columns, drop_columns, time_column } = config;
  const { split, selection } = config.train;
  const identity = {
    dataset: dataset.artifact.sha256,
    codeVersion,
    candidate: subject.candidate,
    plan: rest,
    foldMethod,
    columns: { target, task, positive_class, id_columns, drop_columns, time_column },
    split,
    group: selection.group_column,
    aggregate: subject.aggregate,
    stops: subject.stopOn === null ? "in each fold" : "once",
    period: selection.period,
    trials: plan.method === "halving" ? trials : null,
    // Another version of the library may round differently.
    library: process.env["MLCTL_XGBOOST_LIBRARY"] ?? null,
  };
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 12);
}
