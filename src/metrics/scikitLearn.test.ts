/**
 * Agreement with scikit-learn 1.2.1, on data that both languages generate with the same linear congruential generator
 * x' = (1664525 x + 1013904223) mod 2³²; the loops below match the Python ones line by line.
 */
import { describe, expect, it } from "vitest";
import type { Evaluation } from "../core/metric.ts";
import { calibrationCurve, precisionRecallCurve, rocCurve } from "./rocCurve.ts";
import { classReport, confusionMatrix } from "./confusionMatrix.ts";
import { computeMetrics } from "./findMetric.ts";

/** Both sides sum at most 500 doubles of order one, in a different order. */
const TOLERANCE = 1e-12;

describe("metrics", () => {
  it.each([
    // t, s = 0 or 1, scores in hundredths with many ties; h = s >= 0.5; 17 % positive:
    // accuracy_score(t, h), …, roc_auc_score(t, s), log_loss(t, s), brier_score_loss(t, s), cohen_kappa_score(t, h)
    [
      binarySample(),
      {
        accuracy: 0.588,
        balanced_accuracy: 0.6582565556343019,
        precision: 0.2589641434262948,
        recall: 0.7647058823529411,
        f1: 0.3869047619047619,
        roc_auc: 0.6905173635719348,
        average_precision: 0.29724153527117164,
        log_loss: 0.8564278752116544,
        brier: 0.28381880000000004,
        mcc: 0.23778731438395426,
        kappa: 0.17816963217106851,
      },
    ],
    // h = P.argmax(1); precision_score(t, h, average="macro"), …, roc_auc_score(t, P, multi_class="ovr"),
    // B = label_binarize(t, classes=range(4)): average_precision_score(B, P, average="macro"), ((P - B)**2).sum(1).mean()
    [
      multiclassSample(),
      {
        accuracy: 0.705,
        balanced_accuracy: 0.6689614681990157,
        precision: 0.5814307770481552,
        recall: 0.6689614681990157,
        f1: 0.5934881475251534,
        roc_auc: 0.8787095669421244,
        average_precision: 0.6482232570523745,
        log_loss: 0.9964750983673983,
        brier: 0.5522665268026659,
        mcc: 0.556147859204905,
        kappa: 0.5455508270589821,
      },
    ],
    // mean_squared_error(t, p, squared=False), …; two true zeros make mape huge;
    // smape by hand: np.mean(2 * np.abs(t - p) / (np.abs(t) + np.abs(p)))
    [
      regressionSample(),
      {
        rmse: 1.1479668301956505,
        mse: 1.3178278432294492,
        mae: 0.9995425293408334,
        mape: 39331633697915.3,
        smape: 0.3878153087021897,
        r2: 0.9593543243489387,
        median_absolute_error: 1.0153990471735597,
        max_error: 1.9976743077859282,
      },
    ],
  ])("of sample %# equal scikit-learn's", (evaluation, expected: Record<string, number>) => {
    const values = computeMetrics(evaluation);
    expect(Object.keys(values)).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected)) expectClose(values[name]!, value);
  });

  it("of a single class equal scikit-learn's, and are null if scikit-learn raises", () => {
    const [yPred, probabilities] = [Float64Array.of(0, 1, 0), Float64Array.of(0.2, 0.7, 0.4)];
    const of = (yTrue: Float64Array): Evaluation => ({ task: "binary", classCount: 2, yTrue, yPred, probabilities });
    // z = [0, 0, 0], h = [0, 1, 0], q = [.2, .7, .4]; log_loss(z, q, labels=[0, 1]); roc_auc_score raises ValueError
    const zeros = computeMetrics(of(Float64Array.of(0, 0, 0)));
    expect(zeros).toMatchObject({ precision: 0, recall: 0, f1: 0, average_precision: 0, mcc: 0, kappa: 0 });
    expect(zeros).toMatchObject({ accuracy: 2 / 3, balanced_accuracy: 2 / 3, roc_auc: null });
    expectClose(zeros["log_loss"]!, 0.6459806598020454);
    expectClose(zeros["brier"]!, 0.22999999999999998);
    const ones = computeMetrics(of(Float64Array.of(1, 1, 1)));
    expect(ones).toMatchObject({ precision: 1, recall: 1 / 3, f1: 0.5, average_precision: 1, mcc: 0, roc_auc: null });
    expectClose(ones["log_loss"]!, 0.9608011960823292);
  });

  it("exclude a class that never occurs from macro averages", () => {
    // t = [0, 0, 1, 3, 3, 0], h = [0, 3, 0, 3, 3, 0]: precision_score(t, h, average="macro"), …; no row of class 2
    const yTrue = Float64Array.of(0, 0, 1, 3, 3, 0);
    const yPred = Float64Array.of(0, 3, 0, 3, 3, 0);
    const values = computeMetrics({ task: "multiclass", classCount: 4, yTrue, yPred, probabilities: null });
    expectClose(values["balanced_accuracy"]!, 0.5555555555555555);
    expectClose(values["precision"]!, 0.4444444444444444);
    expectClose(values["recall"]!, 0.5555555555555555);
    expectClose(values["f1"]!, 0.48888888888888893);
    expectClose(values["mcc"]!, 0.45226701686664544);
    expectClose(values["kappa"]!, 0.4285714285714286);
    expect(values["log_loss"]).toBeNull();
  });

  it("keep log loss finite for a certain error", () => {
    const classes = {
      task: "binary",
      classCount: 2,
      yTrue: Float64Array.of(1, 0),
      yPred: Float64Array.of(0, 1),
    } as const;
    // log_loss([1, 0], [0, 0.5])
    const binary = computeMetrics({ ...classes, probabilities: Float64Array.of(0, 0.5) });
    expectClose(binary["log_loss"]!, 18.36840028483855);
    // log_loss([0, 2, 1], [[1, 0, 0], [.2, .3, .5], [1, 0, 0]], labels=[0, 1, 2])
    const multiclass = computeMetrics({
      task: "multiclass",
      classCount: 3,
      yTrue: Float64Array.of(0, 2, 1),
      yPred: Float64Array.of(0, 2, 0),
      probabilities: Float64Array.of(1, 0, 0, 0.2, 0.3, 0.5, 1, 0, 0),
    });
    expectClose(multiclass["log_loss"]!, 12.245600189892366);
  });

  it("equal scikit-learn's r2 for a constant target", () => {
    // r2_score([2, 2], [2, 2]), r2_score([2, 2], [2, 3]), r2_score([1], [1])
    expect([r2Of([2, 2], [2, 2]), r2Of([2, 2], [2, 3]), r2Of([1], [1])]).toEqual([1, 0, null]);
  });
});

describe("confusionMatrix and classReport", () => {
  it("equal scikit-learn's", () => {
    // confusion_matrix(t, h).tolist()
    const matrix = [
      [161, 14, 28, 21],
      [11, 77, 13, 8],
      [9, 5, 36, 3],
      [1, 0, 5, 8],
    ];
    expect(confusionMatrix(multiclassSample())).toEqual(matrix);
    const report = classReport(multiclassSample());
    // classification_report(t, h, output_dict=True)
    expect(report.map(({ support }) => support)).toEqual([224, 109, 53, 14]);
    expectAllClose(
      report.map((entry) => entry.precision),
      [0.8846153846153846, 0.8020833333333334, 0.43902439024390244, 0.2],
    );
    expectAllClose(
      report.map((entry) => entry.recall),
      [0.71875, 0.7064220183486238, 0.6792452830188679, 0.5714285714285714],
    );
    expectAllClose(
      report.map((entry) => entry.f1),
      [0.7931034482758621, 0.751219512195122, 0.5333333333333333, 0.29629629629629634],
    );
  });

  it("have a row for each class, even one that never occurs", () => {
    const codes = Float64Array.of(0, 0);
    const evaluation: Evaluation = { task: "binary", classCount: 2, yTrue: codes, yPred: codes, probabilities: null };
    expect(confusionMatrix(evaluation)).toEqual([
      [2, 0],
      [0, 0],
    ]);
    expect(classReport(evaluation)[1]).toEqual({ classCode: 1, precision: 0, recall: 0, f1: 0, support: 0 });
  });

  it("reject an invalid class code", () => {
    const codes = Float64Array.of(0, 2);
    const evaluation: Evaluation = { task: "binary", classCount: 2, yTrue: codes, yPred: codes, probabilities: null };
    expect(() => confusionMatrix(evaluation)).toThrow(RangeError);
  });
});

describe("curves", () => {
  it("have the points of scikit-learn's roc_curve", () => {
    const curve = rocCurve(binarySample())!;
    // fpr, tpr, th = roc_curve(t, s); len(fpr), fpr.sum(), tpr.sum(), (fpr * np.arange(99)).sum(), …
    expect(curve.falsePositiveRate).toHaveLength(99);
    expectAllClose([sum(curve.falsePositiveRate), sum(curve.truePositiveRate)], [46.93975903614458, 65.7764705882353]);
    expectAllClose(
      [ranked(curve.falsePositiveRate), ranked(curve.truePositiveRate)],
      [3141.718072289156, 3949.7294117647057],
    );
  });

  it("drop only points on a straight line", () => {
    // roc_curve([0, 0, 1, 1, 1, 0], [.1, .2, .6, .7, .8, .9]): fpr [0, 1/3, 1/3, 1], tpr [0, 0, 1, 1]
    const curve = rocCurve({
      task: "binary",
      classCount: 2,
      yTrue: Float64Array.of(0, 0, 1, 1, 1, 0),
      yPred: Float64Array.of(0, 0, 1, 1, 1, 1),
      probabilities: Float64Array.of(0.1, 0.2, 0.6, 0.7, 0.8, 0.9),
    })!;
    expect(curve.falsePositiveRate).toEqual([0, 1 / 3, 1 / 3, 1]);
    expect(curve.truePositiveRate).toEqual([0, 0, 1, 1]);
  });

  it("have the points of scikit-learn's precision_recall_curve", () => {
    const curve = precisionRecallCurve(binarySample())!;
    // pr, rc, th = precision_recall_curve(t, s); len(pr), pr.sum(), rc.sum(), (pr * np.arange(101)).sum()
    expect([curve.precision.length, curve.recall.length]).toEqual([101, 101]);
    expectAllClose(
      [sum(curve.precision), sum(curve.recall), ranked(curve.precision)],
      [26.694037282204942, 67.45882352941177, 1550.2502226639247],
    );
  });

  it("have the bins of scikit-learn's calibration_curve", () => {
    const bins = calibrationCurve(binarySample());
    // prob_true, prob_pred = calibration_curve(t, s, n_bins=10)
    const probTrue = [
      0.07407407407407407, 0.12195121951219512, 0.04081632653061224, 0.11475409836065574, 0.0392156862745098,
      0.20930232558139536, 0.25, 0.11627906976744186, 0.3076923076923077, 0.4074074074074074,
    ];
    const probPred = [
      0.04240740740740742, 0.15390243902439033, 0.2585714285714285, 0.3581967213114755, 0.45588235294117635,
      0.5634883720930232, 0.6542307692307692, 0.7560465116279069, 0.8467307692307693, 0.9522222222222217,
    ];
    expectAllClose(
      bins.map((bin) => bin.observed),
      probTrue,
    );
    expectAllClose(
      bins.map((bin) => bin.predicted),
      probPred,
    );
    expect(sum(bins.map((bin) => bin.count))).toBe(500);
  });

  it("are null without probabilities or with one class", () => {
    const codes = Float64Array.of(0, 0);
    const bare: Evaluation = { task: "binary", classCount: 2, yTrue: codes, yPred: codes, probabilities: null };
    expect([rocCurve(bare), precisionRecallCurve(bare), calibrationCurve(bare)]).toEqual([null, null, []]);
    const oneClass = { ...bare, probabilities: Float64Array.of(0.1, 0.2) };
    expect([rocCurve(oneClass), precisionRecallCurve(oneClass)]).toEqual([null, null]);
  });
});

function r2Of(yTrue: readonly number[], yPred: readonly number[]): number | null {
  const values = { yTrue: Float64Array.from(yTrue), yPred: Float64Array.from(yPred) };
  return computeMetrics({ task: "regression", classCount: 0, ...values, probabilities: null })["r2"]!;
}

function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(TOLERANCE * Math.max(1, Math.abs(expected)));
}

function expectAllClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expectClose(value, expected[i]!));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ranked(values: readonly number[]): number {
  return values.reduce((total, value, i) => total + value * i, 0);
}

function lcg(seed: number): () => number {
  let x = seed;
  return () => {
    x = (Math.imul(1664525, x) + 1013904223) >>> 0;
    return x / 2 ** 32;
  };
}

function binarySample(): Evaluation {
  const next = lcg(1);
  const [yTrue, probabilities] = [new Float64Array(500), new Float64Array(500)];
  for (let i = 0; i < 500; i++) {
    const p = Math.floor(next() * 100) / 100;
    probabilities[i] = p;
    yTrue[i] = next() < 0.05 + 0.4 * p * p ? 1 : 0;
  }
  const yPred = probabilities.map((p) => (p >= 0.5 ? 1 : 0));
  return { task: "binary", classCount: 2, yTrue, yPred, probabilities };
}

function multiclassSample(): Evaluation {
  const next = lcg(2);
  const [yTrue, yPred, probabilities] = [new Float64Array(400), new Float64Array(400), new Float64Array(1600)];
  for (let i = 0; i < 400; i++) {
    const a = next();
    const code = a < 0.6 ? 0 : a < 0.85 ? 1 : a < 0.97 ? 2 : 3;
    const weights = [0, 1, 2, 3].map((j) => Math.floor(next() * 20) + 1 + (j === code ? 9 : 0));
    const total = sum(weights);
    probabilities.set(
      weights.map((weight) => weight / total),
      i * 4,
    );
    yTrue[i] = code;
    yPred[i] = weights.indexOf(Math.max(...weights));
  }
  return { task: "multiclass", classCount: 4, yTrue, yPred, probabilities };
}

function regressionSample(): Evaluation {
  const next = lcg(3);
  const [yTrue, yPred] = [new Float64Array(300), new Float64Array(300)];
  for (let i = 0; i < 300; i++) {
    yTrue[i] = Math.floor(next() * 200) / 10 - 5;
    yPred[i] = yTrue[i]! + (next() - 0.5) * 4;
  }
  return { task: "regression", classCount: 0, yTrue, yPred, probabilities: null };
}
