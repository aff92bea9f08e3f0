/** Root mean squared error. */
import { errorMetric } from "./meanMetric.ts";

/** In units of the target. */
export const rmse = errorMetric({
  name: "rmse",
  label: "RMSE",
  errorOf: (yTrue, yPred) => (yTrue - yPred) ** 2,
  finish: Math.sqrt,
});
