/** Sorts rows by score, for metrics and curves that depend only on the order. */
import type { Evaluation } from "../core/metric.ts";
import { sortingOrder } from "../stats/sortingOrder.ts";
import { classScores } from "./classScores.ts";

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
