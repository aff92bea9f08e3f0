/** Metrics of classification: of the confusion matrix, of the order of the scores, of the probabilities. */
import type { Evaluation } from "../core/metric.ts";
import {
  classAverage,
  confusionMetric,
  meanMetric,
  rankMetric,
  type Confusion,
  type RankedScores,
} from "./metricKinds.ts";

const tasks = ["binary", "multiclass"] as const;

/** Undefined ratios are 0, like in scikit-learn, unless it says otherwise. */
export const classificationMetrics = {
  accuracy: confusionMetric("Accuracy", ({ correct, total }) => correct / total, { byClass: false }),
  /** Mean recall over the classes that have labelled rows. */
  balanced_accuracy: confusionMetric("Balanced accuracy", ({ classCount, cells, actual }) => {
    const labelled = [...actual.keys()].filter((code) => actual[code]! > 0);
    return labelled.reduce((sum, code) => sum + cells[code * classCount + code]! / actual[code]!, 0) / labelled.length;
  }),
  /** Share of the rows predicted as a class that have this label. */
  precision: classAverage("Precision", (hits, predicted) => (predicted === 0 ? 0 : hits / predicted)),
  /** Share of the rows with a label that are predicted as this class. */
  recall: classAverage("Recall", (hits, _predicted, actual) => (actual === 0 ? 0 : hits / actual)),
  /** Harmonic mean of precision and recall. */
  f1: classAverage("F1", (hits, predicted, actual) =>
    predicted + actual === 0 ? 0 : (2 * hits) / (predicted + actual),
  ),
  /** Probability that a row of the class has a higher score than another; ties count half. NaN if all are of one class. */
  roc_auc: rankMetric("ROC AUC", areaUnderRoc, { aliases: ["auc"] }),
  /** Σ (recallᵢ − recallᵢ₋₁) precisionᵢ over the thresholds. */
  average_precision: rankMetric("Average precision", stepArea),
  /** In nats. */
  log_loss: meanMetric("Log loss", logarithms, { tasks, unbounded: true, aliases: ["logloss"] }),
  /** Two classes: of class 1, 0 to 1. More: summed over the classes, 0 to 2 (Brier, 1950). */
  brier: meanMetric("Brier score", squares, { tasks }),
  /** −1 to 1, 0 for random predictions. */
  mcc: confusionMetric("Matthews correlation", matthews),
  /** Agreement beyond chance; NaN if all labels and predictions are the same class. */
  kappa: confusionMetric("Cohen's kappa", ({ classCount, actual, predicted, total, correct }) => {
    let byChance = 0;
    for (let code = 0; code < classCount; code++) byChance += (actual[code]! * predicted[code]!) / total;
    const expectedErrors = total - byChance;
    return expectedErrors === 0 ? NaN : 1 - (total - correct) / expectedErrors;
  }),
};

/** @see Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient (2004) */
function matthews({ classCount, actual, predicted, total, correct }: Confusion): number {
  let covariance = correct * total;
  let varianceOfTrue = total * total;
  let varianceOfPredicted = total * total;
  for (let code = 0; code < classCount; code++) {
    covariance -= actual[code]! * predicted[code]!;
    varianceOfTrue -= actual[code]! ** 2;
    varianceOfPredicted -= predicted[code]! ** 2;
  }
  if (varianceOfTrue * varianceOfPredicted === 0) return 0;
  // Separate square roots, because the product of two squared row counts can exceed 2^53.
  return covariance / (Math.sqrt(varianceOfTrue) * Math.sqrt(varianceOfPredicted));
}

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

/** To 2⁻⁵² … 1 − 2⁻⁵², like scikit-learn, so that a single certain error is not infinite. */
function clip(probability: number): number {
  return Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probability));
}

function logarithms({ yTrue, task, classCount, probabilities }: Evaluation): Float64Array | null {
  if (probabilities === null) return null;
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

function squares({ yTrue, task, classCount, probabilities }: Evaluation): Float64Array | null {
  if (probabilities === null) return null;
  return yTrue.map((code, row) => {
    if (task === "binary") return (probabilities[row]! - code) ** 2;
    let sum = 0;
    for (let k = 0; k < classCount; k++) sum += (probabilities[row * classCount + k]! - (k === code ? 1 : 0)) ** 2;
    return sum;
  });
}
