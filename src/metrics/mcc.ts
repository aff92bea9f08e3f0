/** Matthews correlation coefficient: −1 to 1, 0 for guessing, whatever the shares of the classes. */
import { confusionMetric } from "./confusionMetric.ts";

/**
 * 0 where only one class is true or only one is predicted, as in scikit-learn.
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
    // The square roots apart: the product of two squares of row counts may pass 2^53 and more.
    return product === 0 ? 0 : covariance / (Math.sqrt(varianceOfTrue) * Math.sqrt(varianceOfPredicted));
  },
});
