/** Averages a per-class score over classes. */
import type { Confusion } from "./confusionMetric.ts";

export interface ClassCounts {
  /** Number of rows of the class that were predicted correctly (true positives). */
  readonly hits: number;
  /** Number of rows predicted as the class. */
  readonly predicted: number;
  /** Number of rows with this label. */
  readonly actual: number;
}

/**
 * Two classes: the score of class 1. More: the macro average over the classes that occur among labels or predictions,
 * like scikit-learn.
 */
export function averageOverClasses(confusion: Confusion, scoreOf: (counts: ClassCounts) => number): number {
  if (confusion.classCount === 2) return scoreOf(classCounts(confusion, 1));
  let sum = 0;
  let classes = 0;
  for (let code = 0; code < confusion.classCount; code++) {
    const counts = classCounts(confusion, code);
    if (counts.actual === 0 && counts.predicted === 0) continue;
    sum += scoreOf(counts);
    classes++;
  }
  return sum / classes;
}

function classCounts({ cells, classCount, predicted, actual }: Confusion, code: number): ClassCounts {
  return { hits: cells[code * classCount + code]!, predicted: predicted[code]!, actual: actual[code]! };
}
