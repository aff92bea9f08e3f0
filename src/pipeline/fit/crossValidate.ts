/** Evaluates a candidate by cross-validation on folds of the training part. */
import { severalFits } from "./severalFits.ts";
import { finiteOrNull } from "../../core/json.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Aggregate, Selection } from "../../core/records/run.ts";
import type { TargetSpec } from "../../core/table/signature.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { mean } from "../../stats/mean.ts";
import { standardDeviation } from "../../stats/standardDeviation.ts";
import { degenerate } from "../judge/degenerate.ts";
import { aggregateFolds } from "./aggregateFolds.ts";
import { fitCandidate, type Candidate, type FitHooks } from "./fitCandidate.ts";
import type { Split } from "./splitRows.ts";
import type { TrainingData } from "./partOf.ts";

export interface CrossValidation {
  readonly selection: Selection;
  /** Set if the predictions are degenerate on every fold, see `degenerate`. */
  readonly degenerate: string | undefined;
}

/** The folds that choose the winner. */
export interface FoldPlan {
  /** Value of train.selection.method. */
  readonly method: string;
  readonly folds: readonly Split[];
  readonly aggregate: Aggregate;
}

/** Computes the candidate's metric on each fold and its aggregate. Each fold fits its own transforms. */
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

/** @param columns number of input columns */
export function eachFold<T>(
  folds: readonly Split[],
  columns: number,
  hooks: FitHooks,
  work: (fold: Split, own: FitHooks) => Promise<T>,
): Promise<T[]> {
  const rows = folds.reduce((sum, { training }) => sum + training.length, 0);
  return severalFits(folds, hooks, { cells: rows * columns, work });
}

/** @param evaluations by fold */
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
