/** Precision, recall and F1 of each class. */
import type { Evaluation } from "../core/metric.ts";
import { confusionMatrix } from "./confusionMatrix.ts";

export interface ClassReport {
  readonly classCode: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Number of rows with this label. */
  readonly support: number;
}

/** One entry per class, in the order of the codes; undefined ratios are 0, like scikit-learn's default. */
export function classReport(evaluation: Evaluation): ClassReport[] {
  const matrix = confusionMatrix(evaluation);
  return matrix.map((row, classCode) => {
    const hits = row[classCode]!;
    const support = row.reduce((sum, count) => sum + count, 0);
    const predicted = matrix.reduce((sum, other) => sum + other[classCode]!, 0);
    return {
      classCode,
      precision: predicted === 0 ? 0 : hits / predicted,
      recall: support === 0 ? 0 : hits / support,
      f1: predicted + support === 0 ? 0 : (2 * hits) / (predicted + support),
      support,
    };
  });
}
