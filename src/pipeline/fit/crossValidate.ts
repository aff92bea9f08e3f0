/** Evaluates a candidate by cross-validation on folds of the training part. */
import {
  severalFits,
  fitCandidate,
  decisionFrom,
  fitOn,
  type Candidate,
  type FitHooks,
  type Decision,
} from "./fitCandidate.ts";
import { finiteOrNull } from "../../core/json.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Aggregate, Selection } from "../../core/records/lineage.ts";
import { type TargetSpec, selectValues } from "../../core/table/table.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { mean, standardDeviation, median } from "../../stats/descriptive.ts";
import { degenerate } from "../judge/baselineEvaluation.ts";
import { partOf, type Split, type TrainingData } from "./splitRows.ts";
import { concatenated } from "../../stats/samplePositions.ts";
import { applyThreshold, predictor, calibrate, type PredictingModel } from "../predict/predictor.ts";

export interface CrossValidation {
  readonly selection: Selection;
  /** Set if the predictions are degenerate on every fold, see `degenerate`. */
  readonly degenerate: string | undefined;
}

export interface FoldPlan {
  /** As train.selection.method. */
  readonly method: string;
  readonly folds: readonly Split[];
  readonly aggregate: Aggregate;
}

export async function crossValidate(
  candidate: Candidate,
  data: TrainingData,
  plan: FoldPlan,
  hooks: FitHooks = {},
): Promise<CrossValidation> {
  const evaluations = await eachFold(plan.folds, data.inputs.columns.length, hooks, async (fold, own) => {
    return (await fitCandidate(candidate, data, fold, own)).evaluation;
  });
  return crossValidated(evaluations, plan, candidate.metric, data.target);
}

export function eachFold<T>(
  folds: readonly Split[],
  columns: number,
  hooks: FitHooks,
  work: (fold: Split, own: FitHooks) => Promise<T>,
): Promise<T[]> {
  const rows = folds.reduce((sum, { training }) => sum + training.length, 0);
  return severalFits(folds, hooks, { cells: rows * columns, work });
}

export function crossValidated(
  evaluations: readonly Evaluation[],
  { method, folds, aggregate }: FoldPlan,
  metricName: string,
  { task, classes }: TargetSpec,
): CrossValidation {
  const metric = findMetric(metricName, task);
  const values = evaluations.map((evaluation) => metric.compute(evaluation));
  const problems = evaluations.map((evaluation) => degenerate(evaluation, classes));
  const defined = values.every(Number.isFinite);
  return {
    selection: {
      method,
      folds: folds.length,
      values: values.map(finiteOrNull),
      aggregate,
      value: defined ? aggregateFolds(values, aggregate) : null,
      mean: defined ? mean(values) : null,
      standardDeviation: defined ? standardDeviation(values, { ddof: 0 }) : null,
    },
    degenerate: problems.every((problem) => problem !== undefined) ? problems[0] : undefined,
  };
}

/** Share of folds that the trimmed mean drops at each end. */
const TRIMMED_SHARE = 0.2;

/**
 * The mean is dominated by the fold with the largest error, the median by one or two folds. The trimmed mean drops a
 * fifth of the folds at each end, but at least the best and the worst one.
 * @returns null if any value is undefined
 */
export function aggregateFolds(values: readonly (number | null)[], aggregate: Aggregate): number | null {
  if (values.length === 0 || !values.every((value) => Number.isFinite(value))) return null;
  const finite = Float64Array.from(values as readonly number[]);
  if (aggregate === "mean") return mean(finite);
  if (aggregate === "median" || finite.length < 3) return median(finite);
  const trimmed = Math.max(1, Math.floor(finite.length * TRIMMED_SHARE));
  return mean(finite.toSorted().subarray(trimmed, finite.length - trimmed));
}

export interface Unseen {
  /** Positions in the data, ascending: of one fold, or of the validation rows. */
  readonly rows: Int32Array;
  /** Values, or probabilities before calibration, (n_rows) or (n_rows × n_classes). */
  readonly raw: Float64Array;
}

export async function predictUnseen(
  candidate: Candidate,
  data: TrainingData,
  fold: Split,
  hooks: FitHooks,
): Promise<Unseen> {
  const fitted = await fitOn(candidate, { data, rows: fold.training }, hooks);
  return { rows: fold.validation, raw: rawPredictions(fitted, partOf(data, fold.validation)) };
}

export function rawPredictions(fitted: Omit<PredictingModel, "threshold">, { inputs }: TrainingData): Float64Array {
  const { estimator, transforms } = fitted;
  const { probabilities, yPred } = predictor({ transforms, estimator, threshold: null })(inputs);
  return probabilities ?? yPred;
}

/** Threshold and calibration from all rows that were not seen. */
export function decisionOn(candidate: Candidate, { y, target }: TrainingData, parts: readonly Unseen[]): Decision {
  if (target.task !== "binary") return { threshold: null };
  return decisionFrom(candidate, {
    y: concatenated(parts.map(({ rows }) => selectValues(y, rows))),
    probabilities: concatenated(parts.map(({ raw }) => raw)),
  });
}

export function evaluationOf(
  { rows, raw }: Unseen,
  { y, target }: TrainingData,
  { threshold, calibration, costs }: Decision & Pick<Candidate, "costs">,
): Evaluation {
  const common = { task: target.task, classCount: target.classes?.length ?? 0 };
  const prediction = applyThreshold(calibrate(raw, calibration), { ...common, threshold });
  return { ...common, yTrue: selectValues(y, rows), costs, ...prediction };
}
