/** Cell of the confusion matrix of each row. */
import type { Evaluation } from "../core/metric.ts";

/**
 * @returns true class × classCount + predicted class of each row, (n_samples)
 * @throws {RangeError} for an invalid class code
 */
export function confusionCells({ yTrue, yPred, classCount }: Evaluation): Int32Array {
  const cells = new Int32Array(yTrue.length);
  for (let i = 0; i < yTrue.length; i++) {
    cells[i] = classCode(yTrue[i]!, classCount) * classCount + classCode(yPred[i]!, classCount);
  }
  return cells;
}

function classCode(code: number, classCount: number): number {
  if (Number.isInteger(code) && code >= 0 && code < classCount) return code;
  throw new RangeError(`${code} is not a class code: there are ${classCount} classes`);
}
