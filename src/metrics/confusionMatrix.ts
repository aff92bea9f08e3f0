/** Confusion matrix: which class was taken for which. */
import type { Evaluation } from "../core/metric.ts";
import { confusionCells } from "./confusionCells.ts";

/** Rows by true class and predicted class, `matrix[true][predicted]`, (n_classes × n_classes). */
export function confusionMatrix(evaluation: Evaluation): number[][] {
  const { classCount } = evaluation;
  const matrix = Array.from({ length: classCount }, () => Array.from({ length: classCount }, () => 0));
  for (const cell of confusionCells(evaluation)) matrix[Math.floor(cell / classCount)]![cell % classCount]!++;
  return matrix;
}
