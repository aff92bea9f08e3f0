/** Precision: share of the rows predicted as a class that have this label. */
import { averageOverClasses, confusionMetric } from "./confusionMetric.ts";

/** 0 for a class that is never predicted, like scikit-learn's default. */
export const precision = confusionMetric({
  name: "precision",
  label: "Precision",
  valueOf: (confusion) =>
    averageOverClasses(confusion, ({ hits, predicted }) => (predicted === 0 ? 0 : hits / predicted)),
});
