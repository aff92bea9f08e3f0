/** What metrics of a kind have in common: the mean of a loss per row, the confusion matrix, or the order of the scores. */
import type { Evaluation, Metric } from "../core/metric.ts";
import { sortingOrder } from "../stats/sortingOrder.ts";
import { confusionCells } from "./confusionMatrix.ts";

/** A metric without its name, which the registry gives it. */
export type Unnamed = Omit<Metric, "name" | "compute">;

type Words = Partial<Omit<Unnamed, "prepare">>;

/** @param lossesOf (n_samples), or null if undefined, e.g. without probabilities */
export function meanMetric(
  label: string,
  lossesOf: (evaluation: Evaluation) => Float64Array | null,
  { finish = (mean) => mean, ...words }: Words & Pick<Unnamed, "tasks"> & { finish?: (mean: number) => number },
): Unnamed {
  return {
    label,
    ...words,
    greaterIsBetter: false,
    prepare(evaluation) {
      const losses = lossesOf(evaluation);
      if (losses === null) return () => NaN;
      return (rowCounts) => {
        let sum = 0;
        let total = 0;
        for (let i = 0; i < losses.length; i++) {
          // Avoids 0 × Infinity = NaN for a row that was not drawn.
          if (rowCounts[i] === 0) continue;
          sum += rowCounts[i]! * losses[i]!;
          total += rowCounts[i]!;
        }
        return finish(sum / total);
      };
    },
  };
}

/** Applies an error function to label and prediction of each row, (n_samples). */
export function rowErrors({ yTrue, yPred }: Evaluation, errorOf: (yTrue: number, yPred: number) => number) {
  const errors = new Float64Array(yTrue.length);
  for (let i = 0; i < yTrue.length; i++) errors[i] = errorOf(yTrue[i]!, yPred[i]!);
  return errors;
}

export interface Confusion {
  readonly classCount: number;
  /** Row-major, `cells[true × classCount + predicted]`. */
  readonly cells: Float64Array;
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
  readonly total: number;
  readonly correct: number;
}

const ofClasses = { tasks: ["binary", "multiclass"], greaterIsBetter: true, byClass: true } as const;

export function confusionMetric(label: string, valueOf: (confusion: Confusion) => number, words: Words = {}): Unnamed {
  return {
    label,
    ...ofClasses,
    ...words,
    prepare(evaluation) {
      const cellOfRow = confusionCells(evaluation);
      const { classCount } = evaluation;
      const cells = new Float64Array(classCount * classCount);
      return (rowCounts) => {
        cells.fill(0);
        for (let i = 0; i < cellOfRow.length; i++) cells[cellOfRow[i]!]! += rowCounts[i]!;
        return valueOf(withMargins(cells, classCount));
      };
    },
  };
}

function withMargins(cells: Float64Array, classCount: number): Confusion {
  const [actual, predicted] = [new Float64Array(classCount), new Float64Array(classCount)];
  let [total, correct] = [0, 0];
  for (let row = 0; row < classCount; row++) {
    for (let column = 0; column < classCount; column++) {
      const count = cells[row * classCount + column]!;
      actual[row]! += count;
      predicted[column]! += count;
      total += count;
      if (row === column) correct += count;
    }
  }
  return { classCount, cells, actual, predicted, total, correct };
}

/**
 * Two classes: the score of class 1. More: the macro average over the classes that occur among labels or predictions,
 * like scikit-learn.
 * @param scoreOf of a class: true positives, rows predicted as the class, rows with this label
 */
export function classAverage(label: string, scoreOf: (hits: number, predicted: number, actual: number) => number) {
  return confusionMetric(label, ({ cells, classCount, predicted, actual }) => {
    const score = (code: number): number => scoreOf(cells[code * classCount + code]!, predicted[code]!, actual[code]!);
    if (classCount === 2) return score(1);
    const occurring = [...actual.keys()].filter((code) => actual[code]! > 0 || predicted[code]! > 0);
    return occurring.reduce((sum, code) => sum + score(code), 0) / occurring.length;
  });
}

/**
 * Two classes: of class 1. More: macro average over the classes, each against the rest; NaN if one is undefined.
 * @param valueOf the value for one class against the rest; NaN if undefined
 */
export function rankMetric(
  label: string,
  valueOf: (ranked: RankedScores, rowCounts: Uint32Array) => number,
  words: Words = {},
): Unnamed {
  return {
    label,
    ...ofClasses,
    ...words,
    prepare(evaluation) {
      const classes = evaluation.task === "binary" ? [1] : Array.from({ length: evaluation.classCount }, (_, k) => k);
      const rankings = classes.map((classCode) => rankScores(evaluation, classCode));
      return (rowCounts) => {
        let sum = 0;
        for (const ranked of rankings) sum += ranked === null ? NaN : valueOf(ranked, rowCounts);
        return sum / rankings.length;
      };
    },
  };
}

/** Rows by descending score of one class; all arrays are (n_samples) in this order. */
export interface RankedScores {
  readonly order: Uint32Array;
  /** 1 if the row has the label of the class. */
  readonly positive: Uint8Array;
  /** 1 at the last row of each group of equal scores, which no threshold can separate. */
  readonly endsTie: Uint8Array;
}

/** Null without probabilities, or if one is NaN. */
export function rankScores(evaluation: Evaluation, classCode: number): RankedScores | null {
  const scoreOfRow = classScores(evaluation, classCode);
  if (scoreOfRow === null || scoreOfRow.some(Number.isNaN)) return null;
  const rowCount = scoreOfRow.length;
  const order = sortingOrder(scoreOfRow.map((score) => -score));
  const [positive, endsTie] = [new Uint8Array(rowCount), new Uint8Array(rowCount)];
  for (let i = 0; i < rowCount; i++) {
    const row = order[i]!;
    positive[i] = evaluation.yTrue[row] === classCode ? 1 : 0;
    endsTie[i] = i === rowCount - 1 || scoreOfRow[order[i + 1]!] !== scoreOfRow[row] ? 1 : 0;
  }
  return { order, positive, endsTie };
}

/** Probability of `classCode` of each row, (n_samples); null without probabilities. */
export function classScores(evaluation: Evaluation, classCode: number): Float64Array | null {
  const { probabilities, task, classCount } = evaluation;
  if (probabilities === null) return null;
  if (task === "binary") return classCode === 1 ? probabilities : probabilities.map((ofOne) => 1 - ofOne);
  const scores = new Float64Array(probabilities.length / classCount);
  for (let row = 0; row < scores.length; row++) scores[row] = probabilities[row * classCount + classCode]!;
  return scores;
}
