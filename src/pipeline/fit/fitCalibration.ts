/** Fits the calibration of probabilities, so that 8 in 10 rows with probability 0.8 have class 1. */
import { MlctlError } from "../../core/errors.ts";
import type { Calibration } from "../../core/records/model.ts";
import { isotonicRegression } from "../../stats/isotonicRegression.ts";
import { logOdds } from "../predict/calibrate.ts";

/** Newton's method on two parameters usually converges in a dozen steps. */
const MAX_STEPS = 100;

/**
 * @param probabilities of class 1, each from a model that had not seen the row, (n_samples)
 * @param y class codes 0 and 1, (n_samples)
 */
export function fitCalibration(
  method: Calibration["method"],
  probabilities: Float64Array,
  y: Float64Array,
): Calibration {
  return method === "isotonic"
    ? { method, ...isotonicRegression(probabilities, y) }
    : { method, ...plattScaling(Float64Array.from(probabilities, logOdds), y) };
}

/**
 * P(class 1) = 1 / (1 + exp(−(slope · log-odds + intercept))), with Platt's targets smoothed away from 0 and 1 by the
 * number of rows, as in scikit-learn's CalibratedClassifierCV(method="sigmoid").
 * @see Platt, Probabilistic outputs for support vector machines (1999)
 */
function plattScaling(scores: Float64Array, y: Float64Array): { slope: number; intercept: number } {
  const positives = y.reduce((sum, code) => sum + code, 0);
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (y.length - positives + 2)];
  const targets = y.map((code) => (code === 1 ? high : low));
  const start = Math.log((positives + 1) / (y.length - positives + 1));
  let current = { slope: 0, intercept: start };
  for (let step = 0; step < MAX_STEPS; step++) {
    const [dSlope, dIntercept] = newtonStep(current, scores, targets);
    const next = lineSearch(current, [dSlope, dIntercept], (tried) => loss(tried, scores, targets));
    const moved = Math.abs(next.slope - current.slope) + Math.abs(next.intercept - current.intercept);
    current = next;
    if (moved < 1e-12) return current;
  }
  throw new MlctlError("data", "cannot calibrate the probabilities: the sigmoid fit did not converge", {
    hint: 'set "train.calibration" to null',
  });
}

type Line = { readonly slope: number; readonly intercept: number };

function loss({ slope, intercept }: Line, scores: Float64Array, targets: Float64Array): number {
  let sum = 0;
  scores.forEach((score, row) => {
    const margin = slope * score + intercept;
    // −t · log p − (1 − t) · log(1 − p), without overflow.
    sum += Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))) - targets[row]! * margin;
  });
  return sum;
}

function newtonStep({ slope, intercept }: Line, scores: Float64Array, targets: Float64Array): [number, number] {
  // A tiny ridge keeps the matrix invertible if all scores are equal.
  let [g1, g2, h11, h12, h22] = [0, 0, 1e-12, 0, 1e-12];
  scores.forEach((score, row) => {
    const p = 1 / (1 + Math.exp(-(slope * score + intercept)));
    const [error, weight] = [p - targets[row]!, p * (1 - p)];
    g1 += error * score;
    g2 += error;
    h11 += weight * score * score;
    h12 += weight * score;
    h22 += weight;
  });
  const determinant = h11 * h22 - h12 * h12;
  return [-(h22 * g1 - h12 * g2) / determinant, -(h11 * g2 - h12 * g1) / determinant];
}

/** Halves the step until the loss does not increase. */
function lineSearch(from: Line, [dSlope, dIntercept]: [number, number], lossOf: (line: Line) => number): Line {
  const before = lossOf(from);
  for (let share = 1; share > 1e-10; share /= 2) {
    const next = { slope: from.slope + share * dSlope, intercept: from.intercept + share * dIntercept };
    if (lossOf(next) <= before) return next;
  }
  return from;
}
