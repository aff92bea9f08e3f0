/** Mean absolute percentage error. */
import { meanMetric } from "./meanMetric.ts";
import { rowErrors } from "./rowErrors.ts";

/** A fraction, not percent, like scikit-learn: 0.1 means 10 %. A label of zero makes it huge but finite. */
export const mape = meanMetric({
  name: "mape",
  label: "MAPE",
  tasks: ["regression"],
  unbounded: true,
  lossesOf: (evaluation) =>
    rowErrors(evaluation, (yTrue, yPred) => Math.abs(yTrue - yPred) / Math.max(Math.abs(yTrue), Number.EPSILON)),
});
