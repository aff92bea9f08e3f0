/** Matthews correlation coefficient: −1 to 1, 0 for random predictions, even with imbalanced classes. */
import { confusionMetric } from "./confusionMetric.ts";

/**
 * 0 if labels or predictions contain only one class, like scikit-learn.
 * @see Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient (2004)
 */
export const mcc = confusionMetric({
  name: "mcc",
  label: "Matthews correlation",
  valueOf: ({ classCount, actual, predicted, total, correct }) => {
    let covariance = correct * total;
    let varianceOfTrue = total * total;
    let varianceOfPredicted = total * total;
    for (let code = 0; code < classCount; code++) {
      covariance -= actual[code]! * predicted[code]!;
      varianceOfTrue -= actual[code]! ** 2;
      varianceOfPredicted -= predicted[code]! ** 2;
    }
    const product = varianceOfTrue * varianceOfPredicted;
    // Separate square roots, because the product of two squared row counts can exceed 2^53.
    return product === 0 ? 0 : covariance / (Math.sqrt(varianceOfTrue) * Math.sqrt(varianceOfPredicted));
  },
});
