import { describe, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import { bestThreshold } from "./bestThreshold.ts";

/** 90 rows, a third of class 1, and a noisy share that leans to the class; some shares twice. */
const { uniform } = random(3);
const y = Float64Array.from({ length: 90 }, (_, row) => (row % 3 === 0 ? 1 : 0));
const shares = y.map((code) => Math.round(100 * (0.2 * code + 0.5 * uniform() + 0.1)) / 100);

type Figure = (tp: number, fp: number, fn: number, tn: number) => number;

/** The figure at one threshold, by the definition. */
function at(threshold: number, figure: Figure): number {
  const counts = [0, 0, 0, 0] as [number, number, number, number];
  shares.forEach((share, row) => {
    const answer = share >= threshold;
    counts[y[row] === 1 ? (answer ? 0 : 2) : answer ? 1 : 3]++;
  });
  return figure(...counts);
}

const figures: readonly (readonly [string, Figure])[] = [
  ["f1", (tp, fp, fn) => (2 * tp) / (2 * tp + fp + fn)],
  ["accuracy", (tp, fp, fn, tn) => (tp + tn) / (tp + fp + fn + tn)],
  ["balanced_accuracy", (tp, fp, fn, tn) => (tp / (tp + fn) + tn / (tn + fp)) / 2],
  ["recall", (tp, _fp, fn) => tp / (tp + fn)],
  ["mcc", (tp, fp, fn, tn) => (tp * tn - fp * fn) / Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) || 0],
];

describe("bestThreshold", () => {
  it.each(figures)("finds the best %s, as a plain search over every threshold does", (metric, figure) => {
    // 0.0005, 0.0015, …: the shares have two digits, so none is met and none is left out
    const tried = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000);
    const best = Math.max(...tried.map((threshold) => at(threshold, figure)));
    const found = bestThreshold(y, shares, metric);
    expect(at(found, figure)).toBeCloseTo(best, 12);
    // the middle of the widest run of best thresholds
    const isBest = tried.map((threshold) => at(threshold, figure) > best - 1e-12);
    const runs: number[][] = [];
    tried.forEach((threshold, i) => {
      if (!isBest[i]) return;
      if (isBest[i - 1] === true) runs.at(-1)!.push(threshold);
      else runs.push([threshold]);
    });
    const widest = runs.reduce((most, run) => (run.length > most.length ? run : most));
    expect(found).toBeCloseTo((widest[0]! + widest.at(-1)!) / 2, 9);
  });

  it("stands in the middle between the classes where they can be told apart", () => {
    const truth = Float64Array.of(0, 0, 1, 1);
    // (0.2 + 0.5) / 2
    expect(bestThreshold(truth, Float64Array.of(0.1, 0.2, 0.5, 0.9), "f1")).toBeCloseTo(0.35, 12);
  });

  it("finds the cheapest threshold where there are costs, whatever the metric", () => {
    const costs = { truePositive: 0, falsePositive: 1, falseNegative: 10, trueNegative: 0, over: 1, under: 1 };
    const price: Figure = (_tp, fp, fn) => -(fp + 10 * fn);
    const found = bestThreshold(y, shares, "accuracy", costs);
    const tried = Array.from({ length: 1000 }, (_, i) => at((i + 0.5) / 1000, price));
    expect(at(found, price)).toBe(Math.max(...tried));
  });

  it("stays at one half where thresholds make no difference, or the metric is undefined", () => {
    expect(bestThreshold(y, new Float64Array(90).fill(1), "f1")).toBe(0.5);
    expect(bestThreshold(y, shares, "log_loss")).toBe(0.5);
    expect(bestThreshold(y, shares, "roc_auc")).toBe(0.5);
    expect(bestThreshold(new Float64Array(90), shares, "roc_auc")).toBe(0.5);
  });
});
