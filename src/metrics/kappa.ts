/** Cohen's kappa: agreement beyond chance. */
import { confusionMetric } from "./confusionMetric.ts";

/** NaN if all labels and predictions are the same class, like scikit-learn. */
export const kappa = confusionMetric({
  name: "kappa",
  label: "Cohen's kappa",
  valueOf: ({ classCount, actual, predicted, total, correct }) => {
    let byChance = 0;
    for (let code = 0; code < classCount; code++) byChance += (actual[code]! * predicted[code]!) / total;
    const expectedErrors = total - byChance;
    return expectedErrors === 0 ? NaN : 1 - (total - correct) / expectedErrors;
  },
});
