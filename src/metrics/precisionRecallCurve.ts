/** Precision–recall curve, over all thresholds. */
import type { Evaluation } from "../core/metric.ts";
import { classScores } from "./classScores.ts";
import { rankScores } from "./rankScores.ts";

export interface PrecisionRecallCurve {
  /** (n_thresholds + 1): the last point is (recall 0, precision 1). */
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  /** (n_thresholds): the distinct scores, ascending. */
  readonly thresholds: readonly number[];
  /** Share of rows with at least this score, (n_thresholds). */
  readonly selected: readonly number[];
}

/**
 * Equal to scikit-learn's precision_recall_curve: one point per distinct score, lowest first.
 * @returns null without probabilities or without rows of the class
 */
export function precisionRecallCurve(evaluation: Evaluation, classCode = 1): PrecisionRecallCurve | null {
  const ranked = rankScores(evaluation, classCode);
  const positives = ranked?.positive.reduce((sum, value) => sum + value, 0) ?? 0;
  if (ranked === null || positives === 0) return null;
  const precision = [1];
  const recall = [0];
  const [thresholds, selected] = [[] as number[], [] as number[]];
  const scores = classScores(evaluation, classCode)!;
  let hits = 0;
  ranked.positive.forEach((isPositive, i) => {
    hits += isPositive;
    if (ranked.endsTie[i] === 0) return;
    precision.push(hits / (i + 1));
    recall.push(hits / positives);
    thresholds.push(scores[ranked.order[i]!]!);
    selected.push((i + 1) / ranked.order.length);
  });
  return {
    precision: precision.toReversed(),
    recall: recall.toReversed(),
    thresholds: thresholds.toReversed(),
    selected: selected.toReversed(),
  };
}
