/** The curves that a score records, so that those of several runs can be drawn together without their test data. */
import type { Evaluation } from "../../core/metric.ts";
import type { ScoreCurves } from "../../core/records/run.ts";
import { precisionRecallCurve, rocCurve } from "../../metrics/rocCurve.ts";
import { thinCurve } from "../../plots/curve.ts";

/** About three pixels of a plot. */
const STEP = 0.01;

/** Undefined without probabilities, or if all rows are of one class. @param evaluation of two classes */
export function scoreCurves(evaluation: Evaluation): ScoreCurves | undefined {
  const [roc, curve] = [rocCurve(evaluation), precisionRecallCurve(evaluation)];
  if (roc === null || curve === null) return undefined;
  return {
    roc: points(roc.falsePositiveRate, roc.truePositiveRate),
    precisionRecall: points(curve.recall.toReversed(), curve.precision.toReversed()),
  };
}

function points(xs: readonly number[], ys: readonly number[]): ScoreCurves["roc"] {
  return thinCurve(
    xs.map((x, i) => [x, ys[i]!] as const),
    STEP,
  ).map(([x, y]) => [rounded(x), rounded(y)] as const);
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
