import { describe, expect, it } from "vitest";
import { scoreCurves } from "./recordScore.ts";

const evaluation = (yTrue: number[], scores: number[]) => ({
  task: "binary" as const,
  yTrue: Float64Array.from(yTrue),
  yPred: Float64Array.from(scores, (score) => Number(score >= 0.5)),
  probabilities: Float64Array.from(scores),
  classCount: 2,
});

describe("scoreCurves", () => {
  it("has the corners of both curves", () => {
    // roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) → fpr [0, 0, 0.5, 0.5, 1], tpr [0, 0.5, 0.5, 1, 1]
    // precision_recall_curve → precision [0.5, 0.6667, 0.5, 1, 1], recall [1, 1, 0.5, 0.5, 0]
    expect(scoreCurves(evaluation([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]))).toEqual({
      roc: [[0, 0], [0, 0.5], [0.5, 0.5], [0.5, 1], [1, 1]], // prettier-ignore
      precisionRecall: [[0, 1], [0.5, 1], [0.5, 0.5], [1, 0.6667], [1, 0.5]], // prettier-ignore
    });
  });

  it("has few points, however many rows there are, and the same ends", () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => i);
    const curves = scoreCurves(
      evaluation(
        rows.map((i) => Number((i * 7919) % 20_000 < i)),
        rows.map((i) => i / 20_000),
      ),
    )!;
    expect(curves.roc.length).toBeLessThan(220);
    expect([curves.roc[0], curves.roc.at(-1)]).toEqual([[0, 0], [1, 1]]); // prettier-ignore
  });

  it("is undefined for rows of one class", () => {
    expect(scoreCurves(evaluation([1, 1], [0.2, 0.9]))).toBeUndefined();
  });
});
