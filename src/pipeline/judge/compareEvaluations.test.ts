import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../core/metric.ts";
import { random } from "../../core/random.ts";
import { compareEvaluations, dropOf } from "./compareEvaluations.ts";

/** Predictions that are right with probability `skill`, from the same random numbers for every skill. */
function binary(rows: number, skill: number): Evaluation {
  const { uniform } = random(3);
  const yTrue = Float64Array.from({ length: rows }, (_, row) => row % 2);
  const yPred = yTrue.map((code) => (uniform() < skill ? code : 1 - code));
  return { task: "binary", classCount: 2, yTrue, yPred, probabilities: null };
}

const compared = (a: Evaluation, b: Evaluation, smallestEffects = {}) =>
  compareEvaluations(a, b, ["accuracy"], { seed: 1, smallestEffects })[0]!;

describe("compareEvaluations", () => {
  it("calls a difference real if its interval excludes 0", () => {
    const found = compared(binary(2000, 0.7), binary(2000, 0.8));
    expect(found).toMatchObject({ metric: "accuracy", verdict: "real", reason: null, smallestEffect: 0.02 });
    expect(found.difference).toBeCloseTo(found.b! - found.a!, 12);
    expect(found.interval![0]).toBeGreaterThan(0);
    expect(dropOf(found)).toBe(-found.difference!);
  });

  it("calls it noise only if the interval includes no relevant difference, else it cannot tell", () => {
    // The predictions differ in a single row.
    const [a, b] = [binary(400, 0.7), binary(400, 0.7)];
    b.yPred[0] = 1 - b.yPred[0]!;
    // One row of 400 differs: the interval is from 0 to about ±3/400.
    expect(compared(a, b)).toMatchObject({ verdict: "within_noise", reason: null });
    expect(compared(a, b, { accuracy: 0.001 })).toMatchObject({
      verdict: "cannot_tell",
      reason: "the interval includes both zero and a meaningful difference",
    });
  });

  it("cannot tell with fewer than 30 rows or if the metric is undefined", () => {
    expect(compared(binary(29, 0), binary(29, 1))).toMatchObject({
      verdict: "cannot_tell",
      reason: "only 29 rows, at least 30 are needed",
    });
    const [undefinedMetric] = compareEvaluations(binary(50, 0.5), binary(50, 0.9), ["roc_auc"], { seed: 1 });
    expect(undefinedMetric).toMatchObject({ a: null, difference: null, verdict: "cannot_tell" });
    expect(dropOf(undefinedMetric!)).toBeNaN();
  });

  it("uses 2 % of the first value as the smallest effect of unbounded metrics", () => {
    const regression = (error: number): Evaluation => {
      const yTrue = Float64Array.from({ length: 40 }, (_, row) => row);
      const yPred = yTrue.map((value, row) => value + (row % 2 === 0 ? error : -error));
      return { task: "regression", classCount: 0, yTrue, yPred, probabilities: null };
    };
    // Every error is 5 or 4: the difference is −1 in each resample.
    const [mae] = compareEvaluations(regression(5), regression(4), ["mae"], { seed: 1 });
    expect(mae).toMatchObject({ a: 5, b: 4, difference: -1, interval: [-1, -1], smallestEffect: 0.1, verdict: "real" });
    expect(dropOf(mae!)).toBe(-1);
  });
});
