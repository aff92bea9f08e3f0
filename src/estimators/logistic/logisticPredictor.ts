/** Class probabilities of a fitted logistic regression. */
import type { Matrix } from "../../core/table/matrix.ts";

export interface LogisticModel {
  /** Codes of the classes seen in training, ascending; other classes get probability 0. */
  readonly classes: readonly number[];
  /** One entry per class; with two classes a single one, for the second class. */
  readonly coefficients: readonly Float64Array[];
  readonly intercepts: Float64Array;
  readonly classCount: number;
}

/** As Predictor.predict: (n) if classCount is 2, else (n × classCount). */
export function logisticPredictor(model: LogisticModel): (X: Matrix) => Float64Array {
  const { classes, classCount } = model;
  const row = new Float64Array(classCount);
  return (X) => {
    const isBinary = classCount === 2;
    const result = new Float64Array(X.rowCount * (isBinary ? 1 : classCount));
    for (let i = 0; i < X.rowCount; i++) {
      if (classes.length === 1) row[classes[0]!] = 1;
      else if (classes.length === 2) sigmoidRow(model, X, i, row);
      else softmaxRow(model, X, i, row);
      if (isBinary) result[i] = row[1]!;
      else result.set(row, i * classCount);
    }
    return result;
  };
}

function margin({ coefficients, intercepts }: LogisticModel, k: number, X: Matrix, i: number): number {
  const weights = coefficients[k]!;
  let z = intercepts[k]!;
  for (let j = 0, at = i * weights.length; j < weights.length; j++) z += weights[j]! * X.values[at + j]!;
  return z;
}

function sigmoidRow(model: LogisticModel, X: Matrix, i: number, row: Float64Array): void {
  const z = margin(model, 0, X, i);
  const tail = Math.exp(-Math.abs(z));
  const larger = 1 / (1 + tail);
  const smaller = tail / (1 + tail);
  row[model.classes[0]!] = z >= 0 ? smaller : larger;
  row[model.classes[1]!] = z >= 0 ? larger : smaller;
}

function softmaxRow(model: LogisticModel, X: Matrix, i: number, row: Float64Array): void {
  const { classes } = model;
  let largest = -Infinity;
  for (let k = 0; k < classes.length; k++) {
    const z = margin(model, k, X, i);
    row[classes[k]!] = z;
    if (z > largest) largest = z;
  }
  let sum = 0;
  for (const code of classes) sum += row[code] = Math.exp(row[code]! - largest);
  for (const code of classes) row[code]! /= sum;
}
