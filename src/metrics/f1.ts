/** F1: harmonic mean of precision and recall. */
import { averageOverClasses, confusionMetric } from "./confusionMetric.ts";

/** 0 for a class that occurs neither in the labels nor in the predictions, like scikit-learn's default. */
export const f1 = confusionMetric({
  name: "f1",
  label: "F1",
  valueOf: (confusion) =>
    averageOverClasses(confusion, ({ hits, predicted, actual }) =>
      predicted + actual === 0 ? 0 : (2 * hits) / (predicted + actual),
    ),
});
