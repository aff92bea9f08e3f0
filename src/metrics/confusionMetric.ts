/** Metrics that are functions of the confusion matrix. */
import type { Metric } from "../core/metric.ts";
import { confusionCells } from "./confusionMatrix.ts";
import { resampledMetric, type ResampledMetric } from "./meanMetric.ts";

export interface Confusion {
  readonly classCount: number;
  /** Row-major, `cells[true × classCount + predicted]`. */
  readonly cells: Float64Array;
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
  readonly total: number;
  readonly correct: number;
}

interface Definition extends Omit<Metric, "compute" | "tasks" | "greaterIsBetter"> {
  valueOf(confusion: Confusion): number;
}

/** A classification metric for which greater is better. */
export function confusionMetric({ valueOf, ...words }: Definition): ResampledMetric {
  return resampledMetric({
    byClass: true,
    ...words,
    tasks: ["binary", "multiclass"],
    greaterIsBetter: true,
    prepare: (evaluation) => {
      const cellOfRow = confusionCells(evaluation);
      const { classCount } = evaluation;
      const cells = new Float64Array(classCount * classCount);
      return (rowCounts) => {
        cells.fill(0);
        for (let i = 0; i < cellOfRow.length; i++) cells[cellOfRow[i]!]! += rowCounts[i]!;
        return valueOf(withMargins(cells, classCount));
      };
    },
  });
}

function withMargins(cells: Float64Array, classCount: number): Confusion {
  const actual = new Float64Array(classCount);
  const predicted = new Float64Array(classCount);
  let total = 0;
  let correct = 0;
  for (let row = 0; row < classCount; row++) {
    for (let column = 0; column < classCount; column++) {
      const count = cells[row * classCount + column]!;
      actual[row]! += count;
      predicted[column]! += count;
      total += count;
      if (row === column) correct += count;
    }
  }
  return { classCount, cells, actual, predicted, total, correct };
}

/** Of a class: true positives, rows predicted as the class, rows with this label. */
type ClassCounts = Readonly<Record<"hits" | "predicted" | "actual", number>>;

/**
 * Two classes: the score of class 1. More: the macro average over the classes that occur among labels or predictions,
 * like scikit-learn.
 */
export function averageOverClasses(confusion: Confusion, scoreOf: (counts: ClassCounts) => number): number {
  const { cells, classCount, predicted, actual } = confusion;
  const counts = Array.from({ length: classCount }, (_, code) => {
    return { hits: cells[code * classCount + code]!, predicted: predicted[code]!, actual: actual[code]! };
  });
  if (classCount === 2) return scoreOf(counts[1]!);
  const occurring = counts.filter((each) => each.actual > 0 || each.predicted > 0);
  return occurring.reduce((sum, each) => sum + scoreOf(each), 0) / occurring.length;
}
