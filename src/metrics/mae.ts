/** Mean absolute error. */
import { meanMetric } from "./meanMetric.ts";
import { rowErrors } from "./rowErrors.ts";

/** In units of the target. */
export const mae = meanMetric({
  name: "mae",
  label: "MAE",
  tasks: ["regression"],
  unbounded: true,
  lossesOf: (evaluation) => rowErrors(evaluation, (yTrue, yPred) => Math.abs(yTrue - yPred)),
});
