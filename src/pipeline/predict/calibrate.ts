/** Applies a model's calibration to probabilities. */
import type { Model } from "../../core/records/model.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import type { Calibration } from "../../core/records/model.ts";
import { lowerBound } from "../../stats/lowerBound.ts";

/** Keeps the log-odds of 0 and 1 finite. */
const SMALLEST = 1e-12;

/** @param probabilities of class 1 */
export function calibrate(probabilities: Float64Array, calibration: Calibration | null | undefined): Float64Array {
  if (!calibration) return probabilities;
  if (calibration.method === "isotonic") return probabilities.map((share) => interpolate(share, calibration));
  const { slope, intercept } = calibration;
  return probabilities.map((share) => 1 / (1 + Math.exp(-(slope * logOdds(share) + intercept))));
}

export function logOdds(probability: number): number {
  const share = Math.min(Math.max(probability, SMALLEST), 1 - SMALLEST);
  return Math.log(share / (1 - share));
}

/** Linear interpolation between neighbouring points; constant outside the range. */
function interpolate(at: number, { x, y }: { readonly x: readonly number[]; readonly y: readonly number[] }): number {
  const low = lowerBound(x, at);
  if (low === 0) return y[0]!;
  if (low === x.length) return y.at(-1)!;
  const share = (at - x[low - 1]!) / (x[low]! - x[low - 1]!);
  return y[low - 1]! + share * (y[low]! - y[low - 1]!);
}

/** Whether a model's probabilities can be taken as they are. */
export function isCalibrated({ calibration, estimator }: Pick<Model, "calibration" | "estimator">): boolean {
  return calibration !== undefined || findEstimator(estimator.family).calibrated === true;
}
