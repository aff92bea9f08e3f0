/** From a score of one class to a score of all. */
import type { Confusion } from "./confusionMetric.ts";

/** Rows of one class: told rightly, told at all, and true. */
export interface ClassCounts {
  readonly hits: number;
  readonly predicted: number;
  readonly actual: number;
}

/**
 * Two classes: the score of class 1. More: the plain mean (macro average) over the classes that occur among true or
 * predicted ones, as scikit-learn does; a class that never occurs says nothing.
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
