/** ROC curve: true against false positive rate, over all thresholds. */
import type { Evaluation } from "../core/metric.ts";
import { rankScores } from "./rankScores.ts";

export interface RocCurve {
  /** All of one length; from (0, 0) to (1, 1). */
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
  /** A row is called positive from this score on; the first is infinite: nothing is. */
  readonly thresholds: readonly number[];
}

/**
 * The points of scikit-learn's roc_curve: one for each distinct score, without those inside a straight run.
 *
 * @returns null without probabilities or where all rows are of one class
 */
export function rocCurve(evaluation: Evaluation, classCode = 1): RocCurve | null {
  const ranked = rankScores(evaluation, classCode);
  if (ranked === null) return null;
  const hits = [0];
  const falseAlarms = [0];
  const thresholds = [Infinity];
  let positives = 0;
  ranked.scores.forEach((score, i) => {
    positives += ranked.positive[i]!;
    if (ranked.endsTie[i] === 0) return;
    hits.push(positives);
    falseAlarms.push(i + 1 - positives);
    thresholds.push(score);
  });
  const [allHits, allAlarms] = [hits.at(-1)!, falseAlarms.at(-1)!];
  if (allHits === 0 || allAlarms === 0) return null;
  const kept = hits.map((_, i) => i).filter((i) => i <= 1 || isCorner(hits, i) || isCorner(falseAlarms, i));
  return {
    falsePositiveRate: kept.map((i) => falseAlarms[i]! / allAlarms),
    truePositiveRate: kept.map((i) => hits[i]! / allHits),
    thresholds: kept.map((i) => thresholds[i]!),
  };
}

/** Whether the step to point `i` differs from the step after it; the last point always counts. */
function isCorner(counts: readonly number[], i: number): boolean {
  return i === counts.length - 1 || counts[i + 1]! - counts[i]! !== counts[i]! - counts[i - 1]!;
}
