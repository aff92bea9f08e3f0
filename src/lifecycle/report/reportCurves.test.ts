import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../core/metric.ts";
import type { Model } from "../../core/records/model.ts";
import { random } from "../../core/random.ts";
import { computeMetrics } from "../../metrics/findMetric.ts";
import { plots } from "../../testing/plots.ts";
import { rocCurvePlot } from "../../plots/curve.ts";
import { series } from "../../plots/theme.ts";
import { reportCurves } from "./reportCurves.ts";

function modelOf(classes?: readonly string[]): Model {
  return { signature: { target: { name: "y", ...(classes === undefined ? {} : { classes }) } } } as unknown as Model;
}

const letters = (count: number): string[] => Array.from({ length: count }, (_, code) => `c${code}`);

/** 60 rows of `classCount` classes with noisy probabilities that are higher for the true class. */
function many(classCount: number): Evaluation {
  const { uniform } = random(1);
  const yTrue = Float64Array.from({ length: 60 }, (_, row) => row % classCount);
  const rows = Array.from(yTrue, (code) => {
    const raw = Array.from({ length: classCount }, (_, k) => uniform() + (k === code ? 0.5 : 0));
    const sum = raw.reduce((a, b) => a + b);
    return raw.map((value) => value / sum);
  });
  const yPred = Float64Array.from(rows, (row) => row.indexOf(Math.max(...row)));
  return { task: "multiclass", classCount, yTrue, yPred, probabilities: Float64Array.from(rows.flat()) };
}

const binary: Evaluation = {
  task: "binary",
  classCount: 2,
  yTrue: Float64Array.of(0, 0, 1, 1),
  yPred: Float64Array.of(0, 0, 0, 1),
  probabilities: Float64Array.of(0.1, 0.4, 0.35, 0.8),
};

it("draws nothing without test data", () => {
  expect(Object.values(reportCurves(null, modelOf(letters(2)))).every((curve) => curve === null)).toBe(true);
});

describe("two classes", () => {
  const { roc, precisionRecall, positiveShare, calibration, predictions } = reportCurves(
    binary,
    modelOf(["no", "yes"]),
  );

  it("have one ROC curve, of the positive class", () => {
    // roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) → fpr [0, 0, 0.5, 0.5, 1], tpr [0, 0.5, 0.5, 1, 1]; roc_auc_score → 0.75
    const points = [
      [0, 0],
      [0, 0.5],
      [0.5, 0.5],
      [0.5, 1],
      [1, 1],
    ];
    expect(roc).toEqual([{ label: "yes", points, area: 0.75, colour: 0 }]);
  });

  it("have one precision–recall curve, with rising recall", () => {
    // precision_recall_curve(…) → precision [1/2, 2/3, 1/2, 1, 1], recall [1, 1, 1/2, 1/2, 0]; average_precision_score → 5/6
    expect(precisionRecall).toHaveLength(1);
    const { label, points, area } = precisionRecall![0]!;
    expect(label).toBe("yes");
    expect(points.map(([recall]) => recall)).toEqual(points.map(([recall]) => recall).toSorted());
    expect(points).toContainEqual([1, 2 / 3]);
    expect(points).toContainEqual([0.5, 1]);
    expect(area).toBeCloseTo(5 / 6, 15);
  });

  it("have a calibration curve and the share of the positive class", () => {
    expect(positiveShare).toBe(0.5);
    // bins of a tenth: 0.1 falls in the first (edges count below), 0.35 and 0.4 in the fourth, 0.8 in the eighth
    expect(calibration!.map(({ observed, count }) => [observed, count])).toEqual([
      [0, 1],
      [0.5, 2],
      [1, 1],
    ]);
    expect(calibration![1]!.predicted).toBeCloseTo(0.375, 15);
    expect(predictions).toBeNull();
  });

  it("have precision, recall and share of rows by threshold, with the threshold of the model, and gains", () => {
    const { thresholds, gains } = reportCurves(binary, modelOf(["no", "yes"]));
    expect(thresholds!.points).toEqual([
      { threshold: 0.1, precision: 0.5, recall: 1, selected: 1 },
      { threshold: 0.35, precision: 2 / 3, recall: 1, selected: 0.75 },
      { threshold: 0.4, precision: 0.5, recall: 0.5, selected: 0.5 },
      { threshold: 0.5, precision: 1, recall: 0.5, selected: 0.25 },
    ]);
    expect(gains).toEqual([[0, 0], [0.25, 0.5], [0.5, 0.5], [0.75, 1], [1, 1]]); // prettier-ignore
    const { description } = plots.thresholds({ ...thresholds!, threshold: 0.38 });
    // The first score that reaches 0.38 is 0.4: F1 is 0.5; at 0.35 it is 2 · (2/3) / (5/3) = 0.8.
    expect(description).toContain(
      "50 % of the rows are predicted positive, with precision 0.500, recall 0.500 and F1 0.500",
    );
    expect(description).toContain("at 0.350 (0.800)");
  });

  it("have the cheapest of all thresholds and that of the highest F1, as a short decimal that has the same effect", () => {
    const { uniform } = random(3);
    const yTrue = Float64Array.from({ length: 400 }, () => (uniform() < 0.1 ? 1 : 0));
    const probabilities = yTrue.map((label) => uniform() * (label === 1 ? 0.3 : 0.15));
    const costs = { truePositive: 0, falsePositive: 5, falseNegative: 100, trueNegative: 0, over: 0, under: 0 };
    const costAt = (threshold: number): number =>
      probabilities.reduce(
        (sum, each, i) => sum + (yTrue[i] === 1 ? (each < threshold ? 100 : 0) : each < threshold ? 0 : 5),
        0,
      );
    const least = Math.min(...Array.from(probabilities, costAt));
    const evaluation = { ...binary, yTrue, yPred: yTrue, probabilities };
    const { thresholds } = reportCurves(evaluation, modelOf(["no", "yes"]), costs);
    const shown = thresholds!.points.map(({ threshold }) => threshold);
    expect(Math.min(...shown.map(costAt))).toBe(least);
    const f1At = (threshold: number): number => {
      const alarms = probabilities
        .keys()
        .filter((i) => probabilities[i]! >= threshold)
        .toArray();
      const found = alarms.filter((i) => yTrue[i] === 1).length;
      return (2 * found) / (alarms.length + yTrue.filter((y) => y === 1).length);
    };
    expect(Math.max(...shown.map(f1At))).toBe(Math.max(...Array.from(probabilities, f1At)));
    for (const { threshold, selected } of thresholds!.points)
      expect(probabilities.filter((each) => each >= threshold).length / 400).toBeCloseTo(selected, 12);
    expect(Math.max(...shown.map((each) => String(each).length))).toBeLessThan(10);
    // That of the model is between two probabilities: its row is of what it does.
    const threshold = 0.0912345678;
    const { thresholds: own } = reportCurves(evaluation, { ...modelOf(["no", "yes"]), threshold }, costs);
    const row = own!.points.find((point) => point.threshold === threshold)!;
    expect(row.selected).toBeCloseTo(probabilities.filter((each) => each >= threshold).length / 400, 12);
  });

  it("have no curve if all labels are of one class", () => {
    const alike = { ...binary, yTrue: Float64Array.of(0, 0, 0, 0) };
    expect(reportCurves(alike, modelOf(["no", "yes"])).roc).toEqual([]);
  });
});

describe("many classes", () => {
  it("have one curve each, and the mean area equals the macro metric", () => {
    const evaluation = many(3);
    const { roc, precisionRecall, calibration, positiveShare } = reportCurves(evaluation, modelOf(letters(3)));
    expect(roc!.map(({ label }) => label)).toEqual(["c0", "c1", "c2"]);
    const { roc_auc, average_precision } = computeMetrics(evaluation);
    const mean = (areas: readonly (number | null)[]) => areas.reduce<number>((sum, area) => sum + area!, 0) / 3;
    expect(mean(roc!.map(({ area }) => area))).toBeCloseTo(roc_auc!, 14);
    expect(mean(precisionRecall!.map(({ area }) => area))).toBeCloseTo(average_precision!, 14);
    expect([calibration, positiveShare]).toEqual([null, null]);
  });

  it("name the worst of all classes, also of those after the eighth, with one colour in both plots", () => {
    // The last two of twelve classes are predicted at random.
    const evaluation = many(12);
    const { uniform } = random(2);
    for (let row = 0; row < 60; row++)
      for (const code of [10, 11]) evaluation.probabilities![row * 12 + code] = uniform() / 2;
    const { roc, precisionRecall } = reportCurves(evaluation, modelOf(letters(12)));
    expect([roc!.length, precisionRecall!.length]).toEqual([13, 13]);
    const worst = (curves: readonly { label: string; area: number | null }[]) =>
      curves.toSorted((a, b) => a.area! - b.area!)[0]!.label;
    expect(rocCurvePlot(roc!).description).toContain(`smallest for “${worst(roc!)}”`);
    expect(["c10", "c11"]).toContain(worst(roc!));
    const colours = (curves: typeof roc) => new Map(curves!.map(({ label, colour }) => [label, colour]));
    expect(colours(roc)).toEqual(colours(precisionRecall));
    expect(colours(roc).get(worst(roc!))).not.toBeNull();
    expect(colours(roc).get(worst(precisionRecall!))).not.toBeNull();
    const [mean, ...others] = roc!;
    expect([mean!.label, mean!.colour]).toEqual(["mean of 12 classes", null]);
    expect(mean!.area).toBeCloseTo(computeMetrics(evaluation).roc_auc!, 14);
    expect(others.filter(({ points }) => points.length > 0)).toHaveLength(5);
    expect(rocCurvePlot(roc!).description).toMatch(/^The 5 hardest of 12 classes and the mean of all/);
  });

  it("are all drawn up to ten, each in its own colour", () => {
    const { roc, precisionRecall } = reportCurves(many(10), modelOf(letters(10)));
    for (const curves of [roc!, precisionRecall!]) {
      expect(curves.map(({ colour }) => colour)).toEqual([...Array(10).keys()]);
      expect(curves.every(({ points }) => points.length > 1)).toBe(true);
    }
    expect(new Set(series).size).toBe(10);
  });
});

describe("regression", () => {
  const rows = (count: number): Evaluation => {
    const yTrue = Float64Array.from({ length: count }, (_, row) => row);
    return { task: "regression", classCount: 0, yTrue, yPred: yTrue.map((value) => -value), probabilities: null };
  };

  it("returns every row, or a sample of many rows that keeps labels and predictions paired", () => {
    expect(reportCurves(rows(5), modelOf())).toMatchObject({ roc: null, predictions: { actual: { length: 5 } } });
    const { actual, predicted } = reportCurves(rows(20_001), modelOf()).predictions!;
    expect([actual.length, predicted.length]).toEqual([20_000, 20_000]);
    expect(Array.from(actual).every((value, i) => predicted[i] === -value)).toBe(true);
    expect(new Set(Array.from(actual)).size).toBe(20_000); // no row twice
  });
});
