/** Mean absolute error. */
import { errorMetric } from "./meanMetric.ts";

/** In units of the target. */
export const mae = errorMetric({
  name: "mae",
  label: "MAE",
  errorOf: (yTrue, yPred) => Math.abs(yTrue - yPred),
});
