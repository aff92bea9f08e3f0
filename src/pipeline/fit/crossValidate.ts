/** Evaluates a candidate by cross-validation on folds of the training part. */
import { finiteOrNull } from "../../core/json.ts";
import type { Aggregate, Selection } from "../../core/records/run.ts";
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

/** Computes the candidate's metric on each fold and its aggregate. Each fold fits its own transforms. */
export async function crossValidate(
  candidate: Candidate,
  data: TrainingData,
  plan: { readonly method: string; readonly folds: readonly Split[]; readonly aggregate: Aggregate },
  hooks: FitHooks = {},
): Promise<CrossValidation> {
  const { method, folds, aggregate } = plan;
  const metric = findMetric(candidate.metric, data.target.task);
  const values: number[] = [];
  const problems: (string | undefined)[] = [];
  for (const [index, fold] of folds.entries()) {
    hooks.signal?.throwIfAborted();
    const onProgress = (share: number): void => hooks.onProgress?.((index + share) / folds.length);
    const { evaluation } = await fitCandidate(candidate, data, fold, { ...hooks, onProgress });
    values.push(metric.compute(evaluation));
    problems.push(degenerate(evaluation, data.target.classes));
  }
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
