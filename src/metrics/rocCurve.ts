/** ROC curve: true positive rate against false positive rate, over all thresholds. */
import type { Evaluation } from "../core/metric.ts";
import { classScores, rankScores } from "./metricKinds.ts";

/**
 * Equal to scikit-learn's roc_curve: one point per distinct score, without those on a straight line between others.
 * @returns lists of the same length, from (0, 0) to (1, 1); null without probabilities or if all rows are of one class
 */
export function rocCurve(evaluation: Evaluation, classCode = 1) {
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

export type PrecisionRecallCurve = NonNullable<ReturnType<typeof precisionRecallCurve>>;

/**
 * Equal to scikit-learn's precision_recall_curve: one point per distinct score, lowest first.
 * @returns precision and recall, (n_thresholds + 1), of which the last point is (recall 0, precision 1); `thresholds`, the
 *   distinct scores, ascending, and `selected`, the share of rows with at least this score, (n_thresholds). Null without
 *   probabilities or without rows of the class
 */
export function precisionRecallCurve(evaluation: Evaluation, classCode = 1) {
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

/** Uniform bins like scikit-learn's, whose default is five. */
const BINS = 10;

/**
 * Of two classes. A probability on an edge belongs to the bin below, like in sklearn.calibration.calibration_curve.
 * @returns the bins of equal width that hold a row; empty without probabilities
 */
export function calibrationCurve({ yTrue, probabilities }: Evaluation) {
  if (probabilities === null) return [];
  const sums = Array.from({ length: BINS }, () => ({ predicted: 0, hits: 0, count: 0 }));
  yTrue.forEach((code, row) => {
    const predicted = probabilities[row]!;
    const bin = sums[binOf(predicted)]!;
    bin.predicted += predicted;
    bin.hits += code;
    bin.count++;
  });
  return sums
    .filter(({ count }) => count > 0)
    .map(({ predicted, hits, count }) => ({ predicted: predicted / count, observed: hits / count, count }));
}

/** Edges are i × 0.1 in floating point, like numpy.linspace: 0.3 is below the edge 0.30000000000000004. */
function binOf(probability: number): number {
  let bin = 0;
  while (bin < BINS - 1 && (bin + 1) * (1 / BINS) < probability) bin++;
  return bin;
}
