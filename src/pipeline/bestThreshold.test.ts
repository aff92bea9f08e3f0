import { describe, expect, it } from "vitest";
import { random } from "../core/random.ts";
import { bestThreshold } from "./bestThreshold.ts";
import { outOfFold, type FitAndPredict } from "./outOfFold.ts";

/** 90 rows, a third of class 1, and a noisy share that leans to the class. */
const { uniform } = random(3);
const y = Float64Array.from({ length: 90 }, (_, row) => (row % 3 === 0 ? 1 : 0));
const shares = y.map((code) => 0.2 * code + 0.5 * uniform() + 0.1);

async function tuneThreshold(
  codes: Float64Array,
  { metric, seed }: { readonly metric: string; readonly seed: number },
  fitAndPredict: FitAndPredict,
): Promise<number> {
  return bestThreshold(codes, await outOfFold(codes, seed, fitAndPredict), metric);
}

/** The thresholds 0.01 to 0.99 one by one; of equals the one nearest to one half. */
function bruteForce(probabilities: Float64Array, figure: (tp: number, fp: number, fn: number) => number): number {
  const tried = Array.from({ length: 99 }, (_, i) => (i + 1) / 100).map((threshold) => {
    let [tp, fp, fn] = [0, 0, 0];
    probabilities.forEach((share, row) => {
      if (share >= threshold && y[row] === 1) tp++;
      if (share >= threshold && y[row] === 0) fp++;
      if (share < threshold && y[row] === 1) fn++;
    });
    return { threshold, value: figure(tp, fp, fn) };
  });
  const best = Math.max(...tried.map(({ value }) => value));
  const equals = tried.filter(({ value }) => value === best).map(({ threshold }) => threshold);
  return equals.toSorted((a, b) => Math.abs(a - 0.5) - Math.abs(b - 0.5))[0]!;
}

const f1 = (tp: number, fp: number, fn: number): number => (2 * tp) / (2 * tp + fp + fn);
const accuracy = (_tp: number, fp: number, fn: number): number => (y.length - fp - fn) / y.length;

async function alwaysSure(_training: Int32Array, judged: Int32Array): Promise<Float64Array> {
  return new Float64Array(judged.length).fill(1);
}

describe("a threshold tuned on folds", () => {
  it.each([
    ["f1", f1],
    ["accuracy", accuracy],
  ] as const)("finds the threshold of the best %s, as a search by brute force does", async (metric, figure) => {
    // Its answers depend on the rows it was fitted on, as a model's do: less of a fold's own share of class 1.
    const answers = new Float64Array(y.length);
    const found = await tuneThreshold(y, { metric, seed: 1 }, async (training, judged) => {
      const first = training[0]! / 1000;
      return Float64Array.from(judged, (row) => (answers[row] = shares[row]! - first));
    });
    expect(found).toBe(bruteForce(answers, figure));
    expect(found).not.toBe(0.5);
  });

  it("makes an error small where the metric is one", async () => {
    const sure = async (_training: Int32Array, judged: Int32Array) => Float64Array.from(judged, (row) => y[row]!);
    await expect(tuneThreshold(y, { metric: "log_loss", seed: 1 }, sure)).resolves.toBe(0.5);
  });

  it("judges every row once, by a model that has not seen it", async () => {
    const judgedRows: number[] = [];
    await tuneThreshold(y, { metric: "f1", seed: 1 }, async (training, judged) => {
      judgedRows.push(...judged);
      expect([...judged].filter((row) => training.includes(row))).toEqual([]);
      expect(training.length + judged.length).toBe(y.length);
      return Float64Array.from(judged, (row) => shares[row]!);
    });
    expect(judgedRows.toSorted((a, b) => a - b)).toEqual([...y.keys()]);
  });

  it("stays at one half where thresholds make no difference, or the metric is undefined", async () => {
    await expect(tuneThreshold(y, { metric: "f1", seed: 1 }, alwaysSure)).resolves.toBe(0.5);
    const oneClass = new Float64Array(30);
    await expect(tuneThreshold(oneClass, { metric: "roc_auc", seed: 1 }, alwaysSure)).resolves.toBe(0.5);
  });
});
