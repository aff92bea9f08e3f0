/** Calibration curve: observed frequency by predicted probability. */
import type { Evaluation } from "../core/metric.ts";
import { classScores } from "./classScores.ts";

/** Uniform bins like scikit-learn's, whose default is five. */
const BINS = 10;

/** One bin of equal width that holds at least one row. */
export interface CalibrationBin {
  readonly predicted: number;
  readonly observed: number;
  readonly count: number;
}

/**
 * Of class 1, or of `classCode` against the rest. A probability on an edge belongs to the bin below, like in
 * sklearn.calibration.calibration_curve.
 * @returns empty without probabilities
 */
export function calibrationCurve(evaluation: Evaluation, classCode = 1): CalibrationBin[] {
  const scores = classScores(evaluation, classCode);
  if (scores === null) return [];
  const sums = Array.from({ length: BINS }, () => ({ predicted: 0, hits: 0, count: 0 }));
  evaluation.yTrue.forEach((code, row) => {
    const predicted = scores[row]!;
    const bin = sums[binOf(predicted)]!;
    bin.predicted += predicted;
    bin.hits += code === classCode ? 1 : 0;
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
