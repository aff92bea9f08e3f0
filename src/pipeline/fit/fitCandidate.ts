/** Fits a candidate (transforms and estimator) on the training part and evaluates it on the validation part. */
import type { FitOptions, FittedEstimator } from "../../core/estimator.ts";
import { LARGEST_FLOAT32 } from "../../core/largestFloat32.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Calibration, FittedTransform } from "../../core/records/model.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { featureMatrix } from "../../features/compileTransforms.ts";
import { predictor } from "../predict/predictor.ts";
import { requirePredictions } from "../predict/requirePredictions.ts";
import type { Split } from "./splitRows.ts";
import { composeEnsemble, type MemberFit } from "./composeEnsemble.ts";
import { partOf, partsOf, type Parts, type TrainingData } from "./partOf.ts";
import { severalFits } from "./severalFits.ts";
import { calibrate } from "../predict/calibrate.ts";
import type { Candidate } from "./candidate.ts";
import { candidateFeatures, fitFeatures } from "./candidateFeatures.ts";
import { fitCalibration } from "./fitCalibration.ts";
import { outOfFold, type OutOfFold } from "./outOfFold.ts";
import { bestThreshold, tunedMetric } from "./bestThreshold.ts";

export type { Candidate } from "./candidate.ts";

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

export interface FitHooks extends Pick<FitOptions, "signal" | "onProgress" | "ranks"> {}

/** @throws {MlctlError} kind "usage" for an unknown family, parameter or transform, "data" if fitting is impossible */
export async function fitCandidate(
  candidate: Candidate,
  data: TrainingData,
  split: Split,
  hooks: FitHooks = {},
): Promise<FittedCandidate> {
  return fitOnParts(candidate, partsOf(data, split), hooks);
}

/** Like fitCandidate with the parts selected already, so that many candidates share them. */
export async function fitOnParts(
  candidate: Candidate,
  { training, validation }: Parts,
  hooks: FitHooks = {},
): Promise<FittedCandidate> {
  const fitted = await fitOn(candidate, training, hooks);
  const decision = await decisionOf(candidate, training, hooks);
  const prediction = predictor({ ...fitted, ...decision })(validation.inputs);
  requirePredictions(prediction, { family: candidate.family, dataRows: validation.dataRows });
  const { task, classes = [] } = training.target;
  const common = { task, classCount: classes.length, yTrue: validation.y, costs: candidate.costs };
  return {
    ...fitted,
    ...decision,
    evaluation: { ...common, ...prediction },
    importance: importanceOf(fitted.estimator),
  };
}

export type Fitted = Pick<FittedCandidate, "transforms" | "estimator" | "notes">;

/**
 * Fits transforms and estimator; of an ensemble those of its members.
 * @param watched rows that stop a candidate early that holds out no share of the training rows for it
 */
export async function fitOn(
  candidate: Candidate,
  training: TrainingData,
  hooks: FitHooks,
  watched?: TrainingData,
): Promise<Fitted> {
  const members = findEstimator(candidate.family).members?.(candidate.params);
  if (members !== undefined) {
    const fitted = await severalFits(members, hooks, {
      cells: training.y.length * training.inputs.columns.length * members.length,
      work: async ({ family, params, weight }, own): Promise<MemberFit> => {
        return { weight, ...(await fitOn({ ...candidate, family, params }, training, own)) };
      },
    });
    return composeEnsemble(fitted);
  }
  const features = await candidateFeatures(candidate, training, hooks.signal);
  const { transforms, notes } = features;
  const { params } = candidate;
  const watch = watched && isWatched(candidate) ? watchOf(watched, transforms) : undefined;
  const estimator = await fitFeatures(candidate.family, features, { params, watch, ...hooks });
  return { transforms, estimator, notes };
}

function isWatched({ params, classWeight }: Candidate): boolean {
  const { early_stopping_rounds: patience, early_stopping_fraction: share, best_iteration: found } = params;
  const willStop = typeof patience === "number" && typeof found !== "number";
  return willStop && share === 0 && params["eval_metric"] !== "auc" && !classWeight;
}

/** Undefined if there are numbers that no estimator takes. */
function watchOf({ inputs, y }: TrainingData, transforms: readonly FittedTransform[]): FitOptions["watch"] {
  const X = featureMatrix(inputs, transforms);
  return X.values.some((value) => Math.abs(value) > LARGEST_FLOAT32) ? undefined : { X, y };
}

export type Decision = Pick<FittedCandidate, "threshold" | "calibration">;

/** Threshold and calibration; learned ones are fitted on out-of-fold predictions of the training rows. */
export async function decisionOf(candidate: Candidate, training: TrainingData, hooks: FitHooks): Promise<Decision> {
  const { threshold, calibration: method = null, seed } = candidate;
  if (training.target.task !== "binary") return { threshold: null };
  const fixed = typeof threshold === "number" ? threshold : null;
  if (fixed !== null && method === null) return { threshold: fixed };
  const { y, times, groups } = training;
  const unseen = await outOfFold({ y, times, groups, seed }, async (rows, validation) => {
    const fitted = await fitOn(candidate, partOf(training, rows), { signal: hooks.signal });
    return predictor({ ...fitted, threshold: null })(selectRows(training.inputs, validation)).probabilities!;
  });
  return decisionFrom(candidate, unseen);
}

/** @param unseen predictions of models that had not seen the rows */
export function decisionFrom(candidate: Candidate, { y, probabilities }: OutOfFold): Decision {
  const { threshold, calibration: method = null } = candidate;
  const learned = method === null ? {} : { calibration: fitCalibration(method, probabilities, y) };
  const metric = tunedMetric(candidate);
  if (metric === undefined) return { threshold: typeof threshold === "number" ? threshold : null, ...learned };
  const calibrated = calibrate(probabilities, learned.calibration);
  return { threshold: bestThreshold(y, calibrated, metric, candidate.costs), ...learned };
}

/** Fits a candidate again on other rows, with what its first fit found (the rounds of early stopping). */
export async function refit(
  candidate: Candidate,
  first: FittedCandidate,
  data: TrainingData,
  hooks: FitHooks,
): Promise<FittedCandidate> {
  const again = await fitOn({ ...candidate, params: first.estimator.params }, data, hooks);
  return { ...first, ...again, importance: importanceOf(again.estimator) };
}

export function importanceOf(fitted: FittedEstimator): (readonly [string, number])[] {
  const values = findEstimator(fitted.family).importance?.(fitted) ?? [];
  return Array.from(values, (value, index) => [fitted.featureNames[index]!, value] as const).toSorted(
    (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1),
  );
}
