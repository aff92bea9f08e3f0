/** Metrics that depend only on the order of the scores. */
import type { Metric } from "../core/metric.ts";
import { rankScores, type RankedScores } from "./rankScores.ts";
import { resampledMetric, type ResampledMetric } from "./resampledMetric.ts";

interface Definition extends Omit<Metric, "compute" | "tasks" | "greaterIsBetter"> {
  /** The value for one class against the rest; NaN if undefined. */
  valueOf(ranked: RankedScores, rowCounts: Uint32Array): number;
}

/** Two classes: of class 1. More: macro average over the classes, each against the rest; NaN if one is undefined. */
export function rankMetric({ valueOf, ...words }: Definition): ResampledMetric {
  return resampledMetric({
    ...words,
    tasks: ["binary", "multiclass"],
    greaterIsBetter: true,
    prepare: (evaluation) => {
      const classes = evaluation.task === "binary" ? [1] : Array.from({ length: evaluation.classCount }, (_, k) => k);
      const rankings = classes.map((classCode) => rankScores(evaluation, classCode));
      return (rowCounts) => {
        let sum = 0;
        for (const ranked of rankings) sum += ranked === null ? NaN : valueOf(ranked, rowCounts);
        return sum / rankings.length;
      };
    },
  });
}
