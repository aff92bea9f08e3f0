/** Mean squared error. */
import { meanMetric } from "./meanMetric.ts";
import { rowErrors } from "./rowErrors.ts";

/** In squared units of the target. */
export const mse = meanMetric({
  name: "mse",
  label: "MSE",
  tasks: ["regression"],
  unbounded: true,
  lossesOf: (evaluation) => rowErrors(evaluation, (yTrue, yPred) => (yTrue - yPred) ** 2),
});
