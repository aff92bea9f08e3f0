/** Symmetric mean absolute percentage error. */
import { errorMetric } from "./meanMetric.ts";

/** 2 |yTrue − yPred| / (|yTrue| + |yPred|), a fraction from 0 to 2; 0 if both are zero. */
export const smape = errorMetric({
  name: "smape",
  label: "SMAPE",
  errorOf: (yTrue, yPred) => {
    const scale = Math.abs(yTrue) + Math.abs(yPred);
    return scale === 0 ? 0 : (2 * Math.abs(yTrue - yPred)) / scale;
  },
});
