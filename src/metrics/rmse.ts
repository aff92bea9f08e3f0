/** Root mean squared error. */
import { meanMetric } from "./meanMetric.ts";
import { rowErrors } from "./rowErrors.ts";

/** In units of the target. */
export const rmse = meanMetric({
  name: "rmse",
  label: "RMSE",
  tasks: ["regression"],
  unbounded: true,
  lossesOf: (evaluation) => rowErrors(evaluation, (yTrue, yPred) => (yTrue - yPred) ** 2),
  finish: Math.sqrt,
});
