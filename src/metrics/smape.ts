/** Symmetric mean absolute percentage error. */
import { meanMetric } from "./meanMetric.ts";
import { rowErrors } from "./rowErrors.ts";

/** 2 |yTrue − yPred| / (|yTrue| + |yPred|), a fraction from 0 to 2; 0 if both are zero. */
export const smape = meanMetric({
  name: "smape",
  label: "SMAPE",
  tasks: ["regression"],
  unbounded: true,
  lossesOf: (evaluation) =>
    rowErrors(evaluation, (yTrue, yPred) => {
      const scale = Math.abs(yTrue) + Math.abs(yPred);
      return scale === 0 ? 0 : (2 * Math.abs(yTrue - yPred)) / scale;
    }),
});
