/** Confusion matrix. */
import type { Evaluation } from "../core/metric.ts";
import { confusionCells } from "./confusionCells.ts";

/** Number of rows by true and predicted class, `matrix[true][predicted]`, (n_classes × n_classes). */
export function confusionMatrix(evaluation: Evaluation): number[][] {
  const { classCount } = evaluation;
  const matrix = Array.from({ length: classCount }, () => Array.from({ length: classCount }, () => 0));
  for (const cell of confusionCells(evaluation)) matrix[Math.floor(cell / classCount)]![cell % classCount]!++;
  return matrix;
}
