/** Metrics of classification: of the confusion matrix, of the order of the scores, of the probabilities. */
import { confusionMetric, averageOverClasses } from "./confusionMetric.ts";
import { type RankedScores, rankMetric } from "./rankMetric.ts";
import type { Evaluation } from "../core/metric.ts";
import { meanMetric } from "./meanMetric.ts";

/** Share of rows with a correct prediction. */
export const accuracy = confusionMetric({
  name: "accuracy",
  label: "Accuracy",
  byClass: false,
  valueOf: ({ correct, total }) => correct / total,
});

/** Mean recall over the classes that have labelled rows, like scikit-learn. */
export const balancedAccuracy = confusionMetric({
  name: "balanced_accuracy",
  label: "Balanced accuracy",
  valueOf: ({ classCount, cells, actual }) => {
    let sum = 0;
    let classes = 0;
    for (let code = 0; code < classCount; code++) {
      if (actual[code] === 0) continue;
      sum += cells[code * classCount + code]! / actual[code]!;
      classes++;
    }
    return sum / classes;
  },
});

/** Share of the rows predicted as a class that have this label; 0 for a class that is never predicted, like scikit-learn. */
export const precision = confusionMetric({
  name: "precision",
  label: "Precision",
  valueOf: (confusion) =>
    averageOverClasses(confusion, ({ hits, predicted }) => (predicted === 0 ? 0 : hits / predicted)),
});

/** Share of the rows with a label that are predicted as this class; 0 without such rows, like scikit-learn. */
export const recall = confusionMetric({
  name: "recall",
  label: "Recall",
  valueOf: (confusion) => averageOverClasses(confusion, ({ hits, actual }) => (actual === 0 ? 0 : hits / actual)),
});

/** Harmonic mean of precision and recall; 0 for a class in neither the labels nor the predictions, like scikit-learn. */
export const f1 = confusionMetric({
  name: "f1",
  label: "F1",
  valueOf: (confusion) =>
    averageOverClasses(confusion, ({ hits, predicted, actual }) =>
      predicted + actual === 0 ? 0 : (2 * hits) / (predicted + actual),
    ),
});

/**
 * −1 to 1, 0 for random predictions; 0 if labels or predictions contain only one class, like scikit-learn.
 * @see Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient (2004)
 */
export const mcc = confusionMetric({
  name: "mcc",
  label: "Matthews correlation",
  valueOf: ({ classCount, actual, predicted, total, correct }) => {
    let covariance = correct * total;
    let varianceOfTrue = total * total;
    let varianceOfPredicted = total * total;
    for (let code = 0; code < classCount; code++) {
      covariance -= actual[code]! * predicted[code]!;
      varianceOfTrue -= actual[code]! ** 2;
      varianceOfPredicted -= predicted[code]! ** 2;
    }
    const product = varianceOfTrue * varianceOfPredicted;
    // Separate square roots, because the product of two squared row counts can exceed 2^53.
    return product === 0 ? 0 : covariance / (Math.sqrt(varianceOfTrue) * Math.sqrt(varianceOfPredicted));
  },
});

/** Agreement beyond chance; NaN if all labels and predictions are the same class, like scikit-learn. */
export const kappa = confusionMetric({
  name: "kappa",
  label: "Cohen's kappa",
  valueOf: ({ classCount, actual, predicted, total, correct }) => {
    let byChance = 0;
    for (let code = 0; code < classCount; code++) byChance += (actual[code]! * predicted[code]!) / total;
    const expectedErrors = total - byChance;
    return expectedErrors === 0 ? NaN : 1 - (total - correct) / expectedErrors;
  },
});

/** Probability that a row of the class has a higher score than another; ties count half. NaN if all are of one class. */
export const rocAuc = rankMetric({ name: "roc_auc", label: "ROC AUC", aliases: ["auc"], valueOf: areaUnderRoc });

function areaUnderRoc({ order, positive, endsTie }: RankedScores, rowCounts: Uint32Array): number {
  let positives = 0;
  let negatives = 0;
  let tiedPositives = 0;
  let tiedNegatives = 0;
  let pairs = 0;
  for (let i = 0; i < order.length; i++) {
    const count = rowCounts[order[i]!]!;
    if (positive[i] === 1) tiedPositives += count;
    else tiedNegatives += count;
    if (endsTie[i] === 0) continue;
    pairs += tiedNegatives * (positives + tiedPositives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    tiedPositives = 0;
    tiedNegatives = 0;
  }
  return positives === 0 || negatives === 0 ? NaN : pairs / (positives * negatives);
}

/** Σ (recallᵢ − recallᵢ₋₁) precisionᵢ over the thresholds. 0 without positive rows, like scikit-learn. */
export const averagePrecision = rankMetric({
  name: "average_precision",
  label: "Average precision",
  valueOf: stepArea,
});

function stepArea({ order, positive, endsTie }: RankedScores, rowCounts: Uint32Array): number {
  let hits = 0;
  let rows = 0;
  let tiedHits = 0;
  let area = 0;
  for (let i = 0; i < order.length; i++) {
    const count = rowCounts[order[i]!]!;
    rows += count;
    if (positive[i] === 1) tiedHits += count;
    if (endsTie[i] === 0 || tiedHits === 0) continue;
    hits += tiedHits;
    area += (tiedHits * hits) / rows;
    tiedHits = 0;
  }
  return hits === 0 ? 0 : area / hits;
}

/** In nats. Clips probabilities to 2⁻⁵² … 1 − 2⁻⁵², like scikit-learn, so that a single certain error is not infinite. */
export const logLoss = meanMetric({
  name: "log_loss",
  label: "Log loss",
  tasks: ["binary", "multiclass"],
  unbounded: true,
  aliases: ["logloss"],
  lossesOf: (evaluation) =>
    evaluation.probabilities === null ? null : logarithms(evaluation, evaluation.probabilities),
});

function logarithms({ yTrue, task, classCount }: Evaluation, probabilities: Float64Array): Float64Array {
  return yTrue.map((code, row) => {
    if (task === "binary") {
      const ofOne = clip(probabilities[row]!);
      return -Math.log(code === 1 ? ofOne : 1 - ofOne);
    }
    let sum = 0;
    for (let k = 0; k < classCount; k++) sum += clip(probabilities[row * classCount + k]!);
    return -Math.log(clip(probabilities[row * classCount + code]!) / sum);
  });
}

function clip(probability: number): number {
  return Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probability));
}

/** Two classes: of class 1, 0 to 1, like scikit-learn. More: summed over the classes, 0 to 2 (Brier, 1950). */
export const brier = meanMetric({
  name: "brier",
  label: "Brier score",
  tasks: ["binary", "multiclass"],
  lossesOf: (evaluation) => (evaluation.probabilities === null ? null : squares(evaluation, evaluation.probabilities)),
});

function squares({ yTrue, task, classCount }: Evaluation, probabilities: Float64Array): Float64Array {
  return yTrue.map((code, row) => {
    if (task === "binary") return (probabilities[row]! - code) ** 2;
    let sum = 0;
    for (let k = 0; k < classCount; k++) sum += (probabilities[row * classCount + k]! - (k === code ? 1 : 0)) ** 2;
    return sum;
  });
}
