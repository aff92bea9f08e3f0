/** Judges a candidate on folds of the training part. */
import type { Aggregate, Selection } from "../../core/records/run.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { mean } from "../../stats/mean.ts";
import { standardDeviation } from "../../stats/standardDeviation.ts";
import { degenerate } from "../judge/degenerate.ts";
import { aggregateFolds } from "./aggregateFolds.ts";
import { fitCandidate, type Candidate, type FitHooks } from "./fitCandidate.ts";
import type { Fold } from "./foldsOf.ts";
import type { TrainingData } from "./partOf.ts";

export interface CrossValidation {
  readonly selection: Selection;
  /** Why the answers are worthless on every fold, see `degenerate`. */
  readonly degenerate: string | undefined;
}

/** The candidate's metric on each of the folds and over all of them; each fold learns its transforms anew. */
export async function crossValidate(
  candidate: Candidate,
  data: TrainingData,
  plan: { readonly method: string; readonly folds: readonly Fold[]; readonly aggregate: Aggregate },
  hooks: FitHooks = {},
): Promise<CrossValidation> {
  const { method, folds, aggregate } = plan;
  const metric = findMetric(candidate.metric, data.target.task);
  const values: number[] = [];
  const dull: (string | undefined)[] = [];
  for (const [index, { training, judged }] of folds.entries()) {
    hooks.signal?.throwIfAborted();
    const onProgress = (share: number): void => hooks.onProgress?.((index + share) / folds.length);
    const { evaluation } = await fitCandidate(
      candidate,
      data,
      { training, validation: judged },
      { ...hooks, onProgress },
    );
    values.push(metric.compute(evaluation));
    dull.push(degenerate(evaluation, data.target.classes));
  }
  const defined = values.every(Number.isFinite);
  return {
    selection: {
      method,
      folds: folds.length,
      values: values.map((value) => (Number.isFinite(value) ? value : null)),
      aggregate,
      value: defined ? aggregateFolds(values, aggregate) : null,
      mean: defined ? mean(values) : null,
      standardDeviation: defined ? standardDeviation(values, { ddof: 0 }) : null,
    },
    degenerate: dull.every((reason) => reason !== undefined) ? dull[0] : undefined,
  };
}
