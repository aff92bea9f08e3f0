/** Metrics that are the mean of one loss a row. */
import type { Evaluation, Metric } from "../core/metric.ts";
import { resampledMetric, type ResampledMetric } from "./resampledMetric.ts";

interface Definition extends Omit<Metric, "compute" | "greaterIsBetter"> {
  /** (n_samples), or null where it is undefined, e.g. without probabilities. */
  lossesOf(evaluation: Evaluation): Float64Array | null;
  /** What is made of the mean; nothing if absent. */
  finish?(mean: number): number;
}

/** A loss: less is better. */
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
          // A row that was not drawn adds nothing, even where its loss is infinite.
          if (rowCounts[i] === 0) continue;
          sum += rowCounts[i]! * losses[i]!;
          total += rowCounts[i]!;
        }
        return finish === undefined ? sum / total : finish(sum / total);
      };
    },
  });
}
