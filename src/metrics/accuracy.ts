/** Accuracy: share of rows whose class is told rightly. */
import { confusionMetric } from "./confusionMetric.ts";

export const accuracy = confusionMetric({
  name: "accuracy",
  label: "Accuracy",
  valueOf: ({ correct, total }) => correct / total,
});
