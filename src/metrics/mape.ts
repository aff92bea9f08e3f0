/** Mean absolute percentage error. */
import { meanMetric } from "./meanMetric.ts";
import { rowErrors } from "./rowErrors.ts";

/** A share as in scikit-learn, not percent: 0.1 is ten percent off. A true zero makes it huge but finite, as there. */
export const mape = meanMetric({
  name: "mape",
  label: "MAPE",
  tasks: ["regression"],
  unbounded: true,
  lossesOf: (evaluation) =>
    rowErrors(evaluation, (yTrue, yPred) => Math.abs(yTrue - yPred) / Math.max(Math.abs(yTrue), Number.EPSILON)),
});
