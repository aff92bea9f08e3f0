/** Confusion matrix. */
import type { Evaluation } from "../core/metric.ts";

/** Number of rows by true and predicted class, `matrix[true][predicted]`, (n_classes × n_classes). */
export function confusionMatrix(evaluation: Evaluation): number[][] {
  const { classCount } = evaluation;
  const matrix = Array.from({ length: classCount }, () => Array.from({ length: classCount }, () => 0));
  for (const cell of confusionCells(evaluation)) matrix[Math.floor(cell / classCount)]![cell % classCount]!++;
  return matrix;
}

/**
 * Cell of the confusion matrix of each row.
 * @returns true class × classCount + predicted class of each row, (n_samples)
 * @throws {RangeError} for an invalid class code
 */
export function confusionCells({ yTrue, yPred, classCount }: Evaluation): Int32Array {
  const cells = new Int32Array(yTrue.length);
  for (let i = 0; i < yTrue.length; i++) {
    cells[i] = valid(yTrue[i]!, classCount) * classCount + valid(yPred[i]!, classCount);
  }
  return cells;
}

function valid(code: number, classCount: number): number {
  if (Number.isInteger(code) && code >= 0 && code < classCount) return code;
  throw new RangeError(`${code} is not a class code: there are ${classCount} classes`);
}

/** One entry per class, in the order of the codes; undefined ratios are 0, like scikit-learn's default. */
export function classReport(evaluation: Evaluation) {
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
