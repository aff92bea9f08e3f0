/** Accuracy: share of rows with a correct prediction. */
import { confusionMetric } from "./confusionMetric.ts";

export const accuracy = confusionMetric({
  name: "accuracy",
  label: "Accuracy",
  valueOf: ({ correct, total }) => correct / total,
});
