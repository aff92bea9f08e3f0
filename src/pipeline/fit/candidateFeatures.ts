/** Fits the transforms of a candidate and computes its feature matrix for the training rows. */
import { MlctlError, RowError } from "../../core/errors.ts";
import type { Estimator, FitOptions, FittedEstimator } from "../../core/estimator.ts";
import { inTurns } from "../../core/inTurns.ts";
import type { Matrix } from "../../core/table/matrix.ts";
import type { FittedTransform } from "../../core/records/model.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { TargetSpec } from "../../core/table/signature.ts";
import type { Table } from "../../core/table/table.ts";
import type { TransformRequest } from "../../core/transform.ts";
import { listed } from "../../core/text/listed.ts";
import { wildcard } from "../../core/text/wildcard.ts";
import { defaultFamilies } from "../../estimators/defaultModels.ts";
import { findEstimator, isBaseline } from "../../estimators/findEstimator.ts";
import { fitEstimator } from "../../estimators/fitEstimator.ts";
import { automaticTransforms, type AutomaticPlan } from "../../features/automatic.ts";
import { featuresByColumn } from "../../features/inputColumns.ts";
import { featureMatrix } from "../../features/compileTransforms.ts";
import { fitInTurns, trainingMatrix } from "../../features/fitTransforms.ts";
import { classWeights } from "./classWeights.ts";
import { commonSeason, requestedBy } from "../rows/seriesSteps.ts";
import type { Candidate } from "./candidate.ts";
import type { TrainingData } from "./partOf.ts";

/** More names make a message hard to read. */
const MOST_NAMES = 30;

export interface CandidateFeatures {
  readonly transforms: readonly FittedTransform[];
  readonly notes: readonly string[];
  /** Features of the training rows. */
  readonly X: Matrix;
  /** Encoded target of the training rows. */
  readonly y: Float64Array;
  readonly options: Omit<FitOptions, "params">;
  /** Position of each row in the dataset, for errors. */
  readonly dataRows: Int32Array | undefined;
}

/** Fits the family on the features. @throws {MlctlError} kind "data" naming rows by their number in the dataset */
export async function fitFeatures(
  family: string,
  { X, y, options, dataRows }: CandidateFeatures,
  more: Pick<FitOptions, "params" | "watch" | "signal" | "onProgress" | "ranks">,
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
  { inputs, y, target, history, times, groups, dataRows }: TrainingData,
  signal?: AbortSignal,
): Promise<CandidateFeatures> {
  const estimator = findEstimator(candidate.family);
  if (!estimator.tasks.includes(target.task)) throw wrongTask(candidate.family, target);
  const plan = planOf(candidate, estimator, { inputs, target, history });
  const context = { y, task: target.task, seed: candidate.seed, target: target.name, history };
  const all = await inTurns(fitInTurns(inputs, plan.requests, context), signal);
  const selection = candidate.featurePatterns === null ? [] : [selectFeatures(inputs, all, candidate)];
  const transforms =
    selection.length === 0 ? all : await inTurns(fitInTurns(inputs, [...plan.requests, ...selection], context), signal);
  const X = trainingMatrix(inputs, transforms, context);
  if (X.columnNames.length === 0 && estimator.isBaseline !== true) {
    throw new MlctlError("data", "no columns left to train on", {
      hint: plan.notes.join("; ") || 'check "features" in config.json',
    });
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
  { inputs, target, history }: Pick<TrainingData, "inputs" | "target" | "history">,
): AutomaticPlan {
  if (estimator.features !== undefined) {
    const by = requestedBy(features ?? []);
    const series = { target: target.name, by, season: commonSeason(history, by) };
    return { requests: estimator.features(params, series), notes: [] };
  }
  if (features !== null) return { requests: features, notes: [] };
  return automaticTransforms(inputs, estimator, target.task);
}

/** A pattern that no feature matches names columns: families make different features of a column. */
function selectFeatures(inputs: Table, transforms: readonly FittedTransform[], candidate: Candidate): TransformRequest {
  const { columnNames } = featureMatrix(selectRows(inputs, []), transforms);
  const origins = [...featuresByColumn(columnNames, transforms)];
  const patterns = candidate.featurePatterns ?? [];
  const featuresOf = (pattern: string): string[] => {
    const matches = wildcard(pattern);
    const byName = columnNames.filter((name) => matches(name));
    const found =
      byName.length > 0
        ? byName
        : origins.flatMap(([column, places]) => (matches(column) ? places.map((place) => columnNames[place]!) : []));
    if (found.length > 0) return found;
    const message = `train.feature_sets.${candidate.featureSet}: no feature of ${candidate.family} matches "${pattern}"`;
    throw new MlctlError("usage", message, {
      hint: `name a column, as all families have them: ${listed(
        origins.map(([column]) => column),
        MOST_NAMES,
      )}; its features are ${listed(columnNames, MOST_NAMES)}`,
    });
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
