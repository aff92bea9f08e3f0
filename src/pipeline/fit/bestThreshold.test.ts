import { describe, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import { bestThreshold } from "./bestThreshold.ts";

/** 90 rows, a third of class 1, with noisy probabilities that are higher for class 1; some occur twice. */
const { uniform } = random(3);
const y = Float64Array.from({ length: 90 }, (_, row) => (row % 3 === 0 ? 1 : 0));
const shares = y.map((code) => Math.round(100 * (0.2 * code + 0.5 * uniform() + 0.1)) / 100);

type Metric = (tp: number, fp: number, fn: number, tn: number) => number;

/** The metric at one threshold, by its definition. */
function at(threshold: number, compute: Metric): number {
  const counts = [0, 0, 0, 0] as [number, number, number, number];
  shares.forEach((share, row) => {
    const isPositive = share >= threshold;
    counts[y[row] === 1 ? (isPositive ? 0 : 2) : isPositive ? 1 : 3]++;
  });
  return compute(...counts);
}

const metrics: readonly (readonly [string, Metric])[] = [
  ["f1", (tp, fp, fn) => (2 * tp) / (2 * tp + fp + fn)],
  ["accuracy", (tp, fp, fn, tn) => (tp + tn) / (tp + fp + fn + tn)],
  ["balanced_accuracy", (tp, fp, fn, tn) => (tp / (tp + fn) + tn / (tn + fp)) / 2],
  ["recall", (tp, _fp, fn) => tp / (tp + fn)],
  ["mcc", (tp, fp, fn, tn) => (tp * tn - fp * fn) / Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) || 0],
];

describe("bestThreshold", () => {
  it.each(metrics)("finds the best %s, as an exhaustive search does", (metric, compute) => {
    // 0.0005, 0.0015, …: probabilities have two decimals, so these are between them and none is skipped
    const tried = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000);
    const best = Math.max(...tried.map((threshold) => at(threshold, compute)));
    const found = bestThreshold(y, shares, metric);
    expect(at(found, compute)).toBeCloseTo(best, 12);
    // the middle of the widest range of best thresholds
    const isBest = tried.map((threshold) => at(threshold, compute) > best - 1e-12);
    const runs: number[][] = [];
    tried.forEach((threshold, i) => {
      if (!isBest[i]) return;
      if (isBest[i - 1] === true) runs.at(-1)!.push(threshold);
      else runs.push([threshold]);
    });
    const widest = runs.reduce((most, run) => (run.length > most.length ? run : most));
    expect(found).toBeCloseTo((widest[0]! + widest.at(-1)!) / 2, 9);
  });

  it("is halfway between the classes if they are separable", () => {
    const labels = Float64Array.of(0, 0, 1, 1);
    // (0.2 + 0.5) / 2
    expect(bestThreshold(labels, Float64Array.of(0.1, 0.2, 0.5, 0.9), "f1")).toBeCloseTo(0.35, 12);
  });

  it("finds the cheapest threshold for the metric cost", () => {
    const costs = { truePositive: 0, falsePositive: 1, falseNegative: 10, trueNegative: 0, over: 1, under: 1 };
    const price: Metric = (_tp, fp, fn) => -(fp + 10 * fn);
    const found = bestThreshold(y, shares, "cost", costs);
    const tried = Array.from({ length: 1000 }, (_, i) => at((i + 0.5) / 1000, price));
    expect(at(found, price)).toBe(Math.max(...tried));
  });

  it("is 0.5 if the threshold has no effect or the metric is undefined", () => {
    expect(bestThreshold(y, new Float64Array(90).fill(1), "f1")).toBe(0.5);
    expect(bestThreshold(y, shares, "log_loss")).toBe(0.5);
    expect(bestThreshold(y, shares, "roc_auc")).toBe(0.5);
    expect(bestThreshold(new Float64Array(90), shares, "roc_auc")).toBe(0.5);
  });
});
