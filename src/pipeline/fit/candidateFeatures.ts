/** Fits the transforms of a candidate and computes its feature matrix for the training rows. */
import { MlctlError, RowError } from "../../core/errors.ts";
import type { Estimator, FitOptions, FittedEstimator } from "../../core/estimator.ts";
import { inTurns } from "../../core/inTurns.ts";
import { type Matrix, selectRows, type TargetSpec, type Table } from "../../core/table/table.ts";
import type { FittedTransform, Calibration } from "../../core/records/model.ts";
import type { TransformRequest } from "../../core/transform.ts";
import { listed } from "../../core/text/format.ts";
import { wildcard } from "../../core/text/wildcard.ts";
import { defaultFamilies } from "../../estimators/defaultModels.ts";
import { findEstimator, isBaseline } from "../../estimators/findEstimator.ts";
import { fitEstimator } from "../../estimators/fittedState.ts";
import { automaticTransforms, type AutomaticPlan } from "../../features/automatic.ts";
import { featuresByColumn } from "../../features/inputColumns.ts";
import { featureMatrix } from "../../features/compileTransforms.ts";
import { fitInTurns, trainingMatrix } from "../../features/fitTransforms.ts";
import { commonSeason, findSeries, requestedBy } from "../rows/findSeries.ts";
import type { TrainingData } from "./splitRows.ts";
import { seasonOf } from "../../stats/timeStep.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import type { Costs } from "../../core/metric.ts";
import type { JsonObject } from "../../core/json.ts";

/** More names make a message hard to read. */
const MOST_NAMES = 30;

export interface CandidateFeatures {
  readonly transforms: readonly FittedTransform[];
  readonly notes: readonly string[];
  readonly X: Matrix;
  readonly y: Float64Array;
  readonly options: Omit<FitOptions, "params">;
  /** Position of each row in the dataset, for errors. */
  readonly dataRows: Int32Array | undefined;
}

/** Fits the family on the features. @throws {MlctlError} kind "data" naming rows by their number in the dataset */
export async function fitFeatures(
  family: string,
  { X, y, options, dataRows }: CandidateFeatures,
  more: Pick<FitOptions, "params" | "watch" | "signal" | "onProgress" | "ranks" | "takesX">,
): Promise<FittedEstimator> {
  try {
    return await fitEstimator(findEstimator(family), X, y, { ...options, ...more });
  } catch (error) {
    throw error instanceof RowError && dataRows !== undefined ? error.inDataset(dataRows[error.row]!) : error;
  }
}

/** Does not depend on the parameters of the family, so the trials of a search share it. */
export async function candidateFeatures(
  candidate: Candidate,
  data: TrainingData,
  signal?: AbortSignal,
): Promise<CandidateFeatures> {
  const { inputs, y, target, history, times, groups, dataRows } = data;
  const estimator = findEstimator(candidate.family);
  if (!estimator.tasks.includes(target.task)) throw wrongTask(candidate.family, target);
  const plan = planOf(candidate, estimator, data);
  const context = { y, task: target.task, seed: candidate.seed, target: target.name, history };
  const all = await inTurns(fitInTurns(inputs, plan.requests, context), signal);
  const selection = candidate.featurePatterns === null ? [] : [selectFeatures(inputs, all, candidate)];
  const transforms =
    selection.length === 0 ? all : await inTurns(fitInTurns(inputs, [...plan.requests, ...selection], context), signal);
  const X = trainingMatrix(inputs, transforms, context, estimator.needs.float32);
  if (X.columnNames.length === 0 && estimator.isBaseline !== true) {
    const hint = plan.notes.join("; ") || 'check "features" in config.json';
    throw new MlctlError("data", "no columns left to train on", { hint });
  }
  // The baseline predicts the class shares without weights.
  const sampleWeight = estimator.isBaseline ? undefined : classWeights(y, target, candidate.classWeight ?? null);
  const common = { task: target.task, classCount: target.classes?.length ?? 0, seed: candidate.seed };
  return { transforms, notes: plan.notes, X, y, options: { ...common, times, groups, sampleWeight }, dataRows };
}

/** The family's own features, those of config.json, or automatic ones. */
function planOf(
  { features, params }: Candidate,
  estimator: Estimator,
  { inputs, target, history }: TrainingData,
): AutomaticPlan {
  if (estimator.features === undefined)
    return features === null ? automaticTransforms(inputs, estimator, target.task) : { requests: features, notes: [] };
  // Else the previous value would be that of any series.
  const found = features === null && history !== undefined ? findSeries(history, inputs) : undefined;
  const by = found?.by ?? requestedBy(features ?? []);
  const season = found === undefined ? commonSeason(history, by) : seasonOf(found.step);
  const series = { target: target.name, by, season };
  return { requests: estimator.features(params, series), notes: [] };
}

/** A pattern that no feature matches names columns: families make different features of a column. */
function selectFeatures(inputs: Table, transforms: readonly FittedTransform[], candidate: Candidate): TransformRequest {
  const { columnNames } = featureMatrix(selectRows(inputs, []), transforms);
  const origins = [...featuresByColumn(columnNames, transforms)];
  const patterns = candidate.featurePatterns ?? [];
  const featuresOf = (pattern: string): string[] => {
    const matches = wildcard(pattern);
    const byName = columnNames.filter((name) => matches(name));
    const ofColumns = (): string[] =>
      origins.flatMap(([column, places]) => (matches(column) ? places.map((place) => columnNames[place]!) : []));
    const found = byName.length > 0 ? byName : ofColumns();
    if (found.length > 0) return found;
    const message = `train.feature_sets.${candidate.featureSet}: no feature of ${candidate.family} matches "${pattern}"`;
    const names = listed(
      origins.map(([column]) => column),
      MOST_NAMES,
    );
    const hint = `name a column, as all families have them: ${names}; its features are ${listed(columnNames, MOST_NAMES)}`;
    throw new MlctlError("usage", message, { hint });
  };
  const chosen = new Set(patterns.flatMap(featuresOf));
  return { type: "select", options: { columns: columnNames.filter((name) => chosen.has(name)) } };
}

function wrongTask(family: string, { name, task }: TargetSpec): MlctlError {
  const kind = task === "regression" ? task : `${task} classification`;
  const others = defaultFamilies(task).filter((other) => !isBaseline(other));
  return new MlctlError("usage", `train.models: ${family} does not support ${kind} (target "${name}")`, {
    hint: `use ${others.join(" or ")}, or set "task" in config.json`,
  });
}

/** "balanced": n / (classes · rows of the class). Else weights by label; other classes weigh 1. */
type ClassWeight = "balanced" | Readonly<Record<string, number>>;

/**
 * As scikit-learn's compute_sample_weight.
 * @param y class codes, (n_samples)
 * @returns one weight per row; undefined without weights, and always for regression
 * @throws {MlctlError} kind "usage" for a label that is not a class of the target
 */
export function classWeights(
  y: Float64Array,
  { name, classes }: TargetSpec,
  weight: ClassWeight | null,
): Float64Array | undefined {
  if (weight === null || classes === undefined) return undefined;
  if (weight === "balanced") {
    const counts = new Float64Array(classes.length);
    for (const code of y) counts[code]!++;
    return y.map((code) => y.length / (classes.length * counts[code]!));
  }
  const unknown = Object.keys(weight).find((label) => !classes.includes(label));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, classes, `classes: ${classes.slice(0, 20).join(", ")}`);
    throw new MlctlError("usage", `train.class_weight: "${unknown}" is not a class of "${name}"`, { hint });
  }
  return y.map((code) => weight[classes[code]!] ?? 1);
}

export interface Candidate {
  readonly family: string;
  readonly params: JsonObject;
  readonly featureSet: string;
  /** Names of features, with * as wildcard; null: all features. */
  readonly featurePatterns: readonly string[] | null;
  /** Null: chosen automatically from the kinds of the columns. */
  readonly features: readonly TransformRequest[] | null;
  /** Binary: a probability, or "tune" or a metric for the best one on folds of the training part; see tunedMetric. */
  readonly threshold: number | "tune" | { readonly metric: string };
  /** Null or absent: not calibrated (binary), and all classes weigh 1. */
  readonly calibration?: Calibration["method"] | null;
  readonly classWeight?: ClassWeight | null;
  readonly metric: string;
  /** If given, "tune" minimizes the cost. */
  readonly costs?: Costs | undefined;
  readonly seed: number;
}
