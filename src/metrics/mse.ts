/** Mean squared error. */
import { errorMetric } from "./meanMetric.ts";

/** In squared units of the target. */
export const mse = errorMetric({
  name: "mse",
  label: "MSE",
  errorOf: (yTrue, yPred) => (yTrue - yPred) ** 2,
});
