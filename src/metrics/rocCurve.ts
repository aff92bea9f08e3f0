/** ROC curve: true positive rate against false positive rate, over all thresholds. */
import type { Evaluation } from "../core/metric.ts";
import { rankScores } from "./rankScores.ts";

export interface RocCurve {
  /** All arrays have the same length; from (0, 0) to (1, 1). */
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
}

/**
 * Equal to scikit-learn's roc_curve: one point per distinct score, without those on a straight line between others.
 * @returns null without probabilities or if all rows are of one class
 */
export function rocCurve(evaluation: Evaluation, classCode = 1): RocCurve | null {
  const ranked = rankScores(evaluation, classCode);
  if (ranked === null) return null;
  const hits = [0];
  const falseAlarms = [0];
  let positives = 0;
  ranked.positive.forEach((isPositive, i) => {
    positives += isPositive;
    if (ranked.endsTie[i] === 0) return;
    hits.push(positives);
    falseAlarms.push(i + 1 - positives);
  });
  const [allHits, allAlarms] = [hits.at(-1)!, falseAlarms.at(-1)!];
  if (allHits === 0 || allAlarms === 0) return null;
  const kept = hits.map((_, i) => i).filter((i) => i <= 1 || isCorner(hits, i) || isCorner(falseAlarms, i));
  return {
    falsePositiveRate: kept.map((i) => falseAlarms[i]! / allAlarms),
    truePositiveRate: kept.map((i) => hits[i]! / allHits),
  };
}

/** Whether the step to point `i` differs from the next step; the last point is always a corner. */
function isCorner(counts: readonly number[], i: number): boolean {
  return i === counts.length - 1 || counts[i + 1]! - counts[i]! !== counts[i]! - counts[i - 1]!;
}
