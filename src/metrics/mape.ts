/** Mean absolute percentage error. */
import { errorMetric } from "./meanMetric.ts";

/** A fraction, not percent, like scikit-learn: 0.1 means 10 %. A label of zero makes it huge but finite. */
export const mape = errorMetric({
  name: "mape",
  label: "MAPE",
  errorOf: (yTrue, yPred) => Math.abs(yTrue - yPred) / Math.max(Math.abs(yTrue), Number.EPSILON),
});
