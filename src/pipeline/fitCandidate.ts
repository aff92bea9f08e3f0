/** Fits one candidate: transforms and estimator on the training part, judged on the validation part. */
import { MlctlError } from "../core/errors.ts";
import type { FittedEstimator } from "../core/estimator.ts";
import type { JsonObject } from "../core/json.ts";
import type { Evaluation } from "../core/metric.ts";
import type { Calibration, FittedTransform } from "../core/model.ts";
import { selectRows } from "../core/selectRows.ts";
import type { TargetSpec } from "../core/signature.ts";
import type { Table } from "../core/table.ts";
import { findEstimator } from "../estimators/findEstimator.ts";
import { automaticTransforms } from "../features/automatic.ts";
import { featureMatrix } from "../features/featureMatrix.ts";
import { fitTransforms, type TransformRequest } from "../features/fitTransforms.ts";
import { trainingMatrix } from "../features/trainingMatrix.ts";
import { predictor } from "./predictor.ts";
import { wildcard } from "./wildcard.ts";
import type { Split } from "./splitRows.ts";
import { partOf, type TrainingData } from "./partOf.ts";
import { calibrate } from "./calibrate.ts";
import { classWeights, type ClassWeight } from "./classWeights.ts";
import { fitCalibration } from "./fitCalibration.ts";
import { outOfFold } from "./outOfFold.ts";
import { bestThreshold } from "./bestThreshold.ts";

/** What is to be fitted. */
export interface Candidate {
  readonly family: string;
  readonly params: JsonObject;
  readonly featureSet: string;
  /** Names of features, * as wildcard; every feature where null. */
  readonly featurePatterns: readonly string[] | null;
  /** Chosen from the kinds of the columns where null. */
  readonly features: readonly TransformRequest[] | null;
  /** Binary: a probability, or "tune" for the best on folds of the training part. */
  readonly threshold: number | "tune";
  /** Binary: how probabilities are corrected; not at all where null or left out. */
  readonly calibration?: Calibration["method"] | null;
  /** Classification: how much rows of each class count; all alike where null or left out. */
  readonly classWeight?: ClassWeight | null;
  /** What "tune" makes best. */
  readonly metric: string;
  readonly seed: number;
}

export interface FittedCandidate {
  readonly transforms: readonly FittedTransform[];
  readonly estimator: FittedEstimator;
  readonly threshold: number | null;
  readonly calibration?: Calibration;
  /** On the validation part. */
  readonly evaluation: Evaluation;
  readonly importance: readonly (readonly [string, number])[];
  readonly notes: readonly string[];
}

export interface FitHooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (share: number) => void;
}

/** @throws {MlctlError} kind "usage" for an unknown family, parameter or transform, "data" where fitting is impossible */
export async function fitCandidate(
  candidate: Candidate,
  data: TrainingData,
  split: Split,
  hooks: FitHooks = {},
): Promise<FittedCandidate> {
  const training = partOf(data, split.training);
  const fitted = await fitOn(candidate, training, hooks);
  const decision = await decisionOf(candidate, training, hooks);
  const validation = partOf(data, split.validation);
  const prediction = predictor({ ...fitted, ...decision })(validation.inputs);
  const { task, classes = [] } = data.target;
  return {
    ...fitted,
    ...decision,
    evaluation: { task, classCount: classes.length, yTrue: validation.y, ...prediction },
    importance: importanceOf(fitted.estimator),
  };
}

type Fitted = Pick<FittedCandidate, "transforms" | "estimator" | "notes">;

async function fitOn(
  candidate: Candidate,
  { inputs, y, target, history }: TrainingData,
  hooks: FitHooks,
): Promise<Fitted> {
  const estimator = findEstimator(candidate.family);
  if (!estimator.tasks.includes(target.task)) throw wrongTask(candidate.family, target);
  const plan =
    candidate.features === null
      ? automaticTransforms(inputs, { needs: estimator.needs })
      : { requests: candidate.features, notes: [] };
  const { task, classes = [], name } = target;
  const context = { y, task, seed: candidate.seed, target: name, history };
  const all = fitTransforms(inputs, plan.requests, context);
  const selection = candidate.featurePatterns === null ? [] : [selectFeatures(inputs, all, candidate)];
  const transforms = selection.length === 0 ? all : fitTransforms(inputs, [...plan.requests, ...selection], context);
  const X = trainingMatrix(inputs, transforms, context);
  if (X.columnNames.length === 0 && candidate.family !== "baseline") {
    throw new MlctlError("data", "no column is left to learn from", {
      hint: plan.notes.join("; ") || "check features in config.json",
    });
  }
  // The baseline answers the shares of the classes as they are.
  const weights = candidate.family === "baseline" ? undefined : classWeights(y, target, candidate.classWeight ?? null);
  const { params, seed } = candidate;
  const weighted = weights === undefined ? {} : { sampleWeight: weights };
  const options = { task, classCount: classes.length, params, seed, ...weighted, ...hooks };
  return { transforms, estimator: await estimator.fit(X, y, options), notes: plan.notes };
}

type Decision = Pick<FittedCandidate, "threshold" | "calibration">;

/** How probabilities become answers: learned, where it is, on rows that the models of their folds had not seen. */
async function decisionOf(candidate: Candidate, training: TrainingData, hooks: FitHooks): Promise<Decision> {
  const { threshold, calibration: method = null, seed } = candidate;
  if (training.target.task !== "binary") return { threshold: null };
  if (threshold !== "tune" && method === null) return { threshold };
  const probabilities = await outOfFold(training.y, seed, async (rows, judged) => {
    const fitted = await fitOn(candidate, partOf(training, rows), { signal: hooks.signal });
    return predictor({ ...fitted, threshold: null })(selectRows(training.inputs, judged)).probabilities!;
  });
  const learned = method === null ? {} : { calibration: fitCalibration(method, probabilities, training.y) };
  if (threshold !== "tune") return { threshold, ...learned };
  const corrected = calibrate(probabilities, learned.calibration);
  return { threshold: bestThreshold(training.y, corrected, candidate.metric), ...learned };
}

function selectFeatures(inputs: Table, transforms: readonly FittedTransform[], candidate: Candidate): TransformRequest {
  const { columnNames } = featureMatrix(selectRows(inputs, []), transforms);
  const patterns = (candidate.featurePatterns ?? []).map((pattern) => ({ pattern, matches: wildcard(pattern) }));
  for (const { pattern, matches } of patterns) {
    if (columnNames.some((column) => matches(column))) continue;
    throw new MlctlError("usage", `train.feature_sets.${candidate.featureSet}: no feature is called "${pattern}"`, {
      hint: `the features are ${columnNames.slice(0, 30).join(", ")}`,
    });
  }
  const columns = columnNames.filter((column) => patterns.some(({ matches }) => matches(column)));
  return { type: "select", options: { columns } };
}

function importanceOf(fitted: FittedEstimator): (readonly [string, number])[] {
  const values = findEstimator(fitted.family).importance?.(fitted) ?? [];
  return Array.from(values, (value, index) => [fitted.featureNames[index]!, value] as const).toSorted(
    (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1),
  );
}

function wrongTask(family: string, { name, task }: TargetSpec): MlctlError {
  const [what, others] =
    task === "regression"
      ? ["a number", "linear_regression or xgboost"]
      : [`${task} classes`, "logistic_regression or xgboost"];
  return new MlctlError("usage", `train.models: ${family} cannot predict "${name}", which is ${what}`, {
    hint: `use ${others}, or set "task" in config.json`,
  });
}
