/** Cohen's kappa: agreement beyond what the shares of the classes give by chance. */
import { confusionMetric } from "./confusionMetric.ts";

/** NaN where true and predicted are one and the same class throughout, as in scikit-learn. */
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
