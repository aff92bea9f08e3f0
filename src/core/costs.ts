/** What the predictions of a confusion matrix cost. */
import type { Costs } from "./metric.ts";

/**
 * Per 1,000 rows of two classes: with the predictions of the model, and with an alarm (class 1) for every row or for none.
 * @param matrix rows by true and predicted class; undefined without rows
 */
export function costsOfRows(matrix: readonly (readonly number[])[], costs: Costs) {
  const [[trueNegatives = 0, falsePositives = 0] = [], [misses = 0, hits = 0] = []] = matrix;
  const [negatives, positives] = [trueNegatives + falsePositives, misses + hits];
  if (negatives + positives === 0) return undefined;
  const { truePositive, falsePositive, falseNegative, trueNegative } = costs;
  const ofAll = (sum: number): number => (1000 * sum) / (negatives + positives);
  return {
    model: ofAll(
      hits * truePositive + falsePositives * falsePositive + misses * falseNegative + trueNegatives * trueNegative,
    ),
    everyRow: ofAll(positives * truePositive + negatives * falsePositive),
    noRow: ofAll(positives * falseNegative + negatives * trueNegative),
  };
}
