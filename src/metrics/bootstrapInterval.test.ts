import { describe, expect, it } from "vitest";
import { atOnce } from "../core/inTurns.ts";
import type { Evaluation } from "../core/metric.ts";
import { random } from "../core/random.ts";
import { affordableResamples, bootstrapInterval, bootstrapInTurns, pairedBootstrap } from "./bootstrapInterval.ts";
import { metrics } from "./index.ts";

/** Binary predictions of which a share of `skill` is correct. */
function predictions(rows: number, { skill, seed }: { skill: number; seed: number }): Evaluation {
  const labels = random(1);
  const { uniform } = random(seed);
  const yTrue = Float64Array.from({ length: rows }, () => labels.integer(2));
  const yPred = yTrue.map((code) => (uniform() < skill ? code : 1 - code));
  const probabilities = yPred.map((code) => (code + uniform()) / 2);
  return { task: "binary", classCount: 2, yTrue, yPred, probabilities };
}

describe("bootstrapInterval", () => {
  it("of accuracy equals the normal interval for many rows", () => {
    const evaluation = predictions(2000, { skill: 0.8, seed: 2 });
    const p = metrics.accuracy.compute(evaluation);
    const [low, high] = bootstrapInterval(evaluation, metrics.accuracy, { seed: 3 })!;
    // p ± 1.96 sqrt(p (1 − p) / n) has a half width of 0.0175; the limits from 1,000 resamples vary by about 0.0008
    const half = 1.96 * Math.sqrt((p * (1 - p)) / 2000);
    expect(Math.abs(low - (p - half))).toBeLessThan(0.003);
    expect(Math.abs(high - (p + half))).toBeLessThan(0.003);
  });

  it("covers the true value with the nominal probability", () => {
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const evaluation = predictions(150, { skill: 0.7, seed: 100 + trial });
      const [low, high] = bootstrapInterval(evaluation, metrics.accuracy, { seed: trial, resamples: 300 })!;
      if (low <= 0.7 && 0.7 <= high) covered++;
    }
    // Binomial(200, 0.95) is between 179 and 199 with probability 0.998
    expect(covered).toBeGreaterThanOrEqual(179);
    expect(covered).toBeLessThanOrEqual(199);
  });

  it("depends on the seed and is reproducible", () => {
    const evaluation = predictions(100, { skill: 0.7, seed: 2 });
    const of = (seed: number): unknown => bootstrapInterval(evaluation, metrics.roc_auc, { seed });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it("is the same for several metrics at once as for each alone", () => {
    const evaluation = predictions(100, { skill: 0.7, seed: 2 });
    const several = [metrics.f1, metrics.roc_auc, metrics.brier];
    expect(atOnce(bootstrapInTurns(evaluation, several, { seed: 1 }))).toEqual(
      several.map((metric) => bootstrapInterval(evaluation, metric, { seed: 1 })),
    );
  });

  it("is null with one row, and if the metric is undefined", () => {
    expect(bootstrapInterval(predictions(1, { skill: 1, seed: 1 }), metrics.accuracy, { seed: 1 })).toBeNull();
    const oneClass = { ...predictions(20, { skill: 0.7, seed: 1 }), yTrue: new Float64Array(20) };
    expect(bootstrapInterval(oneClass, metrics.roc_auc, { seed: 1 })).toBeNull();
  });

  it("ignores resamples in which the metric is undefined, and needs two rows of each class", () => {
    // with 2 positive rows of 7, (5/7)^7 = 9 % of resamples have none
    const evaluation: Evaluation = {
      task: "binary",
      classCount: 2,
      yTrue: Float64Array.of(0, 0, 0, 0, 0, 1, 1),
      yPred: Float64Array.of(0, 0, 0, 0, 1, 1, 1),
      probabilities: Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.9, 0.6, 0.6),
    };
    const [low, high] = bootstrapInterval(evaluation, metrics.roc_auc, { seed: 1 })!;
    expect(low).toBeLessThan(0.8); // the value on all rows: 4 of 5 pairs
    expect(high).toBe(1);
    const one = { ...evaluation, yTrue: Float64Array.of(0, 0, 0, 0, 0, 0, 1) };
    expect(bootstrapInterval(one, metrics.roc_auc, { seed: 1 })).toBeNull();
    expect(bootstrapInterval(one, metrics.accuracy, { seed: 1 })).not.toBeNull();
  });

  it("draws fewer resamples for a very large number of rows", () => {
    expect([affordableResamples(1000, 400_000), affordableResamples(1000, 1_000_000)]).toEqual([1000, 400]);
    expect(affordableResamples(1000, 100_000_000)).toBe(100);
  });
});

describe("pairedBootstrap", () => {
  const first = predictions(500, { skill: 0.7, seed: 2 });
  const second = predictions(500, { skill: 0.85, seed: 3 });

  it("finds the better model, for metrics of either direction", () => {
    const accuracy = pairedBootstrap(first, second, metrics.accuracy, { seed: 1 });
    expect(accuracy.difference).toBe(metrics.accuracy.compute(second) - metrics.accuracy.compute(first));
    expect(accuracy.interval![0]).toBeGreaterThan(0);
    expect(accuracy.shareBetter).toBe(1);
    const loss = pairedBootstrap(first, second, metrics.brier, { seed: 1 });
    expect(loss.interval![1]).toBeLessThan(0);
    expect(loss.shareBetter).toBe(1);
    expect(pairedBootstrap(second, first, metrics.brier, { seed: 1 }).shareBetter).toBe(0);
  });

  it("finds no difference between a model and itself", () => {
    const same = pairedBootstrap(first, first, metrics.f1, { seed: 1 });
    expect(same).toEqual({ difference: 0, interval: [0, 0], shareBetter: 0 });
  });

  it("detects a small difference that two separate intervals would not", () => {
    // the second is correct in 12 more of the same 500 rows and otherwise equal
    const wrong = [...first.yTrue.keys()].filter((row) => first.yPred[row] !== first.yTrue[row]).slice(0, 12);
    const yPred = first.yPred.slice();
    for (const row of wrong) yPred[row] = first.yTrue[row]!;
    const paired = pairedBootstrap(first, { ...first, yPred }, metrics.accuracy, { seed: 1 });
    expect(paired.interval![0]).toBeGreaterThan(0);
    const [, high] = bootstrapInterval(first, metrics.accuracy, { seed: 1 })!;
    const [low] = bootstrapInterval({ ...first, yPred }, metrics.accuracy, { seed: 1 })!;
    expect(low).toBeLessThan(high);
  });

  it("rejects evaluations of different rows", () => {
    const other = { ...second, yTrue: second.yTrue.map((code) => 1 - code) };
    expect(() => pairedBootstrap(first, other, metrics.accuracy, { seed: 1 })).toThrow(RangeError);
  });
});
