/** Recall: share of the rows of a class that are found. */
import { averageOverClasses } from "./averageOverClasses.ts";
import { confusionMetric } from "./confusionMetric.ts";

/** 0 for a class without a true row, as scikit-learn's default. */
export const recall = confusionMetric({
  name: "recall",
  label: "Recall",
  valueOf: (confusion) => averageOverClasses(confusion, ({ hits, actual }) => (actual === 0 ? 0 : hits / actual)),
});
