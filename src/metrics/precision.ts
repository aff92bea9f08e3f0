/** Precision: share of the rows given a class that belong to it. */
import { averageOverClasses } from "./averageOverClasses.ts";
import { confusionMetric } from "./confusionMetric.ts";

/** 0 for a class that is never predicted, as scikit-learn's default. */
export const precision = confusionMetric({
  name: "precision",
  label: "Precision",
  valueOf: (confusion) =>
    averageOverClasses(confusion, ({ hits, predicted }) => (predicted === 0 ? 0 : hits / predicted)),
});
