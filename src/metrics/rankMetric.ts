/** Metrics that depend only on the order of the scores. */
import type { Evaluation, Metric } from "../core/metric.ts";
import { resampledMetric, type ResampledMetric } from "./meanMetric.ts";
import { sortingOrder } from "../stats/sortingOrder.ts";

interface Definition extends Omit<Metric, "compute" | "tasks" | "greaterIsBetter"> {
  /** The value for one class against the rest; NaN if undefined. */
  valueOf(ranked: RankedScores, rowCounts: Uint32Array): number;
}

/** Two classes: of class 1. More: macro average over the classes, each against the rest; NaN if one is undefined. */
export function rankMetric({ valueOf, ...words }: Definition): ResampledMetric {
  return resampledMetric({
    ...words,
    byClass: true,
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

/** Rows by descending score of one class; all arrays are (n_samples) in this order. */
export interface RankedScores {
  readonly order: Uint32Array;
  /** 1 if the row has the label of the class. */
  readonly positive: Uint8Array;
  /** 1 at the last row of each group of equal scores, which no threshold can separate. */
  readonly endsTie: Uint8Array;
}

/** Null without probabilities, or if one is NaN. */
export function rankScores(evaluation: Evaluation, classCode: number): RankedScores | null {
  const scoreOfRow = classScores(evaluation, classCode);
  if (scoreOfRow === null || scoreOfRow.some(Number.isNaN)) return null;
  const rowCount = scoreOfRow.length;
  const order = sortingOrder(scoreOfRow.map((score) => -score));
  const positive = new Uint8Array(rowCount);
  const endsTie = new Uint8Array(rowCount);
  for (let i = 0; i < rowCount; i++) {
    const row = order[i]!;
    positive[i] = evaluation.yTrue[row] === classCode ? 1 : 0;
    endsTie[i] = i === rowCount - 1 || scoreOfRow[order[i + 1]!] !== scoreOfRow[row] ? 1 : 0;
  }
  return { order, positive, endsTie };
}

/** Probability of `classCode` of each row, (n_samples); null without probabilities. */
export function classScores(evaluation: Evaluation, classCode: number): Float64Array | null {
  const { probabilities, task, classCount } = evaluation;
  if (probabilities === null) return null;
  if (task === "binary") return classCode === 1 ? probabilities : probabilities.map((ofOne) => 1 - ofOne);
  const scores = new Float64Array(probabilities.length / classCount);
  for (let row = 0; row < scores.length; row++) scores[row] = probabilities[row * classCount + classCode]!;
  return scores;
}
