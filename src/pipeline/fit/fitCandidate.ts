/** Fits a candidate (transforms and estimator) on the training part and evaluates it on the validation part. */
import { availableParallelism } from "node:os";
import type { FitOptions, FittedEstimator } from "../../core/estimator.ts";
import { LARGEST_FLOAT32, selectRows, type Matrix } from "../../core/table/table.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Calibration, FittedTransform } from "../../core/records/model.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { featureMatrix } from "../../features/compileTransforms.ts";
import { predictor, calibrate, requirePredictions } from "../predict/predictor.ts";
import { partOf, type Parts, type Rows, type Split, type TrainingData } from "./splitRows.ts";
import { composeEnsemble, type MemberFit } from "./selectEnsemble.ts";
import { candidateFeatures, fitFeatures, type Candidate } from "./candidateFeatures.ts";
import { fitCalibration, bestThreshold, tunedMetric } from "./bestThreshold.ts";
import { outOfFold, type OutOfFold } from "./selectionFolds.ts";

export type { Candidate } from "./candidateFeatures.ts";

export interface FittedCandidate {
  readonly transforms: readonly FittedTransform[];
  readonly estimator: FittedEstimator;
  readonly threshold: number | null;
  readonly calibration?: Calibration;
  readonly evaluation: Evaluation;
  readonly importance: readonly (readonly [string, number])[];
  readonly notes: readonly string[];
}

/** A fit on rows of the data of a training: positions, as for partOf. */
export interface FitTask {
  readonly candidate: Candidate;
  readonly rows: Int32Array;
  readonly watched: Int32Array | undefined;
}

export interface FitHooks extends Pick<FitOptions, "signal" | "onProgress" | "ranks"> {
  /** Where workers of other machines help: does a fit here or there, when its turn comes. */
  readonly share?: ((task: FitTask, here: () => Promise<Fitted>) => Promise<Fitted>) | undefined;
}

/**
 * @param parts of the split, if they are selected already
 * @throws {MlctlError} kind "usage" for an unknown family, parameter or transform, "data" if fitting is impossible
 */
export async function fitCandidate(
  candidate: Candidate,
  data: TrainingData,
  split: Split,
  hooks: FitHooks = {},
  parts?: Parts,
): Promise<FittedCandidate> {
  const training = { data, rows: split.training, part: parts?.training };
  const fitted = await fitOn(candidate, training, hooks);
  const decision = await decisionOf(candidate, training, hooks);
  const validation = parts?.validation ?? partOf(data, split.validation);
  const prediction = predictor({ ...fitted, ...decision })(validation.inputs);
  requirePredictions(prediction, { family: candidate.family, dataRows: validation.dataRows });
  const { task, classes = [] } = data.target;
  const common = { task, classCount: classes.length, yTrue: validation.y, costs: candidate.costs };
  const evaluation = { ...common, ...prediction };
  return { ...fitted, ...decision, evaluation, importance: importanceOf(fitted.estimator) };
}

export type Fitted = Pick<FittedCandidate, "transforms" | "estimator" | "notes">;

/** @param watched rows that stop a candidate early that holds out no share of the training rows for it */
export async function fitOn(candidate: Candidate, training: Rows, hooks: FitHooks, watched?: Rows): Promise<Fitted> {
  const { data, rows } = training;
  const members = findEstimator(candidate.family).members?.(candidate.params);
  if (members !== undefined) {
    const fitted = await severalFits(members, hooks, {
      cells: rows.length * data.inputs.columns.length * members.length,
      work: async ({ family, params, weight }, own): Promise<MemberFit> => ({
        weight,
        ...(await fitOn({ ...candidate, family, params }, training, own)),
      }),
    });
    return composeEnsemble(fitted);
  }
  const { share, ...own } = hooks;
  const here = (): Promise<Fitted> => fitPart(candidate, selected(training), own, watched && selected(watched));
  return share === undefined || own.ranks !== undefined
    ? here()
    : share({ candidate, rows, watched: watched?.rows }, here);
}

const selected = ({ data, rows, part }: Rows): TrainingData => part ?? partOf(data, rows);

export async function fitPart(
  candidate: Candidate,
  training: TrainingData,
  hooks: Omit<FitHooks, "share">,
  watched?: TrainingData,
): Promise<Fitted> {
  const features = await candidateFeatures(candidate, training, hooks.signal);
  const { transforms, notes } = features;
  const { params } = candidate;
  const watch = watched && isWatched(candidate) ? watchOf(watched, transforms) : undefined;
  const estimator = await fitFeatures(candidate.family, features, { params, watch, takesX: true, ...hooks });
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

/** Learned ones are fitted on out-of-fold predictions of the training rows. */
export async function decisionOf(candidate: Candidate, training: Rows, hooks: FitHooks): Promise<Decision> {
  const { threshold, calibration: method = null, seed } = candidate;
  const { data, rows: all } = training;
  if (data.target.task !== "binary") return { threshold: null };
  const fixed = typeof threshold === "number" ? threshold : null;
  if (fixed !== null && method === null) return { threshold: fixed };
  const { y, times, groups } = withoutInputs(data, all);
  const { signal, share } = hooks;
  const unseen = await outOfFold({ y, times, groups, seed }, async (part, validation) => {
    const fitted = await fitOn(candidate, { data, rows: part.map((row) => all[row]!) }, { signal, share });
    const inputs = selectRows(
      data.inputs,
      validation.map((row) => all[row]!),
    );
    return predictor({ ...fitted, threshold: null })(inputs).probabilities!;
  });
  return decisionFrom(candidate, unseen);
}

/** @param unseen predictions of models that had not seen the rows */
export function decisionFrom(candidate: Candidate, { y, probabilities }: OutOfFold): Decision {
  const { threshold, calibration: method = null } = candidate;
  const learned = method === null ? {} : { calibration: fitCalibration(probabilities, y) };
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
  const all = { data, rows: Int32Array.from(data.y.keys()), part: data };
  const again = await fitOn({ ...candidate, params: first.estimator.params }, all, hooks);
  return { ...first, ...again, importance: importanceOf(again.estimator) };
}

export function importanceOf(fitted: FittedEstimator): (readonly [string, number])[] {
  const values = findEstimator(fitted.family).importance?.(fitted) ?? [];
  return Array.from(values, (value, index) => [fitted.featureNames[index]!, value] as const).toSorted(
    (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1),
  );
}

/** With more cells, a fit uses all cores by itself, or its features need much memory. */
const SMALL_CELLS = 5_000_000;
export const MOST_AT_ONCE = 8;

/** @param cells of all fits together */
export const fitsAtOnce = (cells: number): number =>
  cells < SMALL_CELLS ? Math.min(availableParallelism(), MOST_AT_ONCE) : 1;

/**
 * @param cells rows times columns of all of them together
 * @returns in the order of `items`
 * @throws the error of the first item that failed, once all that had begun have ended: a caller may start the next then
 */
export async function severalFits<Item, Result>(
  items: readonly Item[],
  hooks: FitHooks,
  { cells, work }: { readonly cells: number; readonly work: (item: Item, own: FitHooks) => Promise<Result> },
): Promise<Result[]> {
  const shares = new Float64Array(items.length);
  const results: Result[] = [];
  const failures: { readonly index: number; readonly error: unknown }[] = [];
  const left = items.keys().toArray().toReversed();
  const workThrough = async (): Promise<void> => {
    for (let index = left.pop(); index !== undefined; index = left.pop()) {
      if (hooks.signal?.aborted === true) return;
      const onProgress = (share: number): void => {
        shares[index!] = share;
        hooks.onProgress?.(shares.reduce((sum, each) => sum + each, 0) / items.length);
      };
      try {
        results[index] = await work(items[index]!, { ...hooks, onProgress });
      } catch (error) {
        left.length = 0;
        failures.push({ index, error });
      }
    }
  };
  const count = hooks.share === undefined ? fitsAtOnce(cells) : items.length;
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, workThrough));
  hooks.signal?.throwIfAborted();
  // The error of the first item, whichever came first.
  const [first] = failures.toSorted((a, b) => a.index - b.index);
  if (first !== undefined) throw first.error;
  return results;
}

const withoutInputs = (data: TrainingData, rows: Int32Array): TrainingData =>
  partOf({ ...data, inputs: { rowCount: data.y.length, columns: [] } }, rows);

/** @param rows positions of the training rows */
export async function fitBaseline(data: TrainingData, rows: Int32Array): Promise<FittedEstimator> {
  const { y, target } = withoutInputs(data, rows);
  const none: Matrix = { rowCount: rows.length, columnNames: [], values: new Float64Array(0) };
  const classCount = target.classes?.length ?? 0;
  const options = { task: target.task, classCount, params: {}, seed: 0 };
  // By name: records compare scores with this baseline, even if another family learns nothing from features either.
  return findEstimator("baseline").fit(none, y, options);
}
