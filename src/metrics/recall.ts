/** Recall: share of the rows with a label that are predicted as this class. */
import { averageOverClasses, confusionMetric } from "./confusionMetric.ts";

/** 0 for a class without labelled rows, like scikit-learn's default. */
export const recall = confusionMetric({
  name: "recall",
  label: "Recall",
  valueOf: (confusion) => averageOverClasses(confusion, ({ hits, actual }) => (actual === 0 ? 0 : hits / actual)),
});
