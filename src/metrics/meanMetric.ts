/** Metrics that are the mean of a loss per row. */
import type { Evaluation, Metric } from "../core/metric.ts";
import { sortingOrder } from "../stats/sortingOrder.ts";

interface Definition extends Omit<Metric, "compute" | "greaterIsBetter"> {
  /** (n_samples), or null if undefined, e.g. without probabilities. */
  lossesOf(evaluation: Evaluation): Float64Array | null;
  finish?(mean: number): number;
}

export function meanMetric({ lossesOf, finish, ...words }: Definition): ResampledMetric {
  return resampledMetric({
    ...words,
    greaterIsBetter: false,
    prepare: (evaluation) => {
      const losses = lossesOf(evaluation);
      if (losses === null) return () => NaN;
      return (rowCounts) => {
        let sum = 0;
        let total = 0;
        for (let i = 0; i < losses.length; i++) {
          // Avoids 0 × Infinity = NaN for a row that was not drawn.
          if (rowCounts[i] === 0) continue;
          sum += rowCounts[i]! * losses[i]!;
          total += rowCounts[i]!;
        }
        return finish === undefined ? sum / total : finish(sum / total);
      };
    },
  });
}

/** The mean of an error of each row, from its label and its prediction: a regression loss without a fixed range. */
export function errorMetric({
  errorOf,
  ...words
}: Pick<Definition, "name" | "label" | "finish"> & { errorOf(yTrue: number, yPred: number): number }): ResampledMetric {
  const lossesOf = (evaluation: Evaluation): Float64Array => rowErrors(evaluation, errorOf);
  return meanMetric({ ...words, tasks: ["regression"], unbounded: true, lossesOf });
}

/** Applies an error function to label and prediction of each row, (n_samples). */
export function rowErrors(
  { yTrue, yPred }: Evaluation,
  errorOf: (yTrue: number, yPred: number) => number,
): Float64Array {
  const errors = new Float64Array(yTrue.length);
  for (let i = 0; i < yTrue.length; i++) errors[i] = errorOf(yTrue[i]!, yPred[i]!);
  return errors;
}

export interface SortedErrors {
  readonly errors: Float64Array;
  readonly order: Uint32Array;
}

/** Null if an error is NaN, because then there is no order. */
export function sortedErrors(evaluation: Evaluation): SortedErrors | null {
  const errors = rowErrors(evaluation, (yTrue, yPred) => Math.abs(yTrue - yPred));
  if (errors.some(Number.isNaN)) return null;
  return { errors, order: sortingOrder(errors) };
}

/** The metric if row i occurs `rowCounts[i]` times; (n_samples). */
export type ResampledValue = (rowCounts: Uint32Array) => number;

export interface ResampledMetric extends Metric {
  /** Precomputes what does not depend on the resample (losses, order of the scores), so that a bootstrap is fast. */
  prepare(evaluation: Evaluation): ResampledValue;
}

/** Defines `compute` by `prepare`, with each row counted once, so that both use the same formula. */
export function resampledMetric(definition: Omit<ResampledMetric, "compute">): ResampledMetric {
  return {
    ...definition,
    compute: (evaluation) => {
      const rowCount = evaluation.yTrue.length;
      return rowCount === 0 ? NaN : definition.prepare(evaluation)(new Uint32Array(rowCount).fill(1));
    },
  };
}
