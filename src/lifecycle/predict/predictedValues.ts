/** A model's prediction as people read it: labels by name, the probability that goes with each, numbers rounded. */
import type { Prediction } from "../../core/prediction.ts";
import type { TargetSpec } from "../../core/table/signature.ts";

export interface PredictedValues {
  /** Labels or numbers, (n_samples). */
  readonly values: readonly (string | number)[];
  /** Of the positive class where there are two, else of the predicted one; null in regression. */
  readonly probabilities: readonly number[] | null;
  /** Rows whose value or probability is NaN or infinite: JSON has neither, and null would be a wrong prediction. */
  readonly notFinite: readonly number[];
}

export const NOT_FINITE = "the model's prediction is not a finite number";

interface Shown {
  /** By code, as they are written; null in regression. */
  readonly labels: readonly (string | number)[] | null;
  /** Digits behind the point of a regression's values; null: all of them. */
  readonly digits?: number | null;
}

export function predictedValues(
  { task }: Pick<TargetSpec, "task">,
  { labels, digits = null }: Shown,
): (prediction: Prediction) => PredictedValues {
  const classCount = labels?.length ?? 0;
  const shown = (value: number): string | number =>
    labels !== null ? labels[value]! : digits === null ? value : Number(value.toFixed(digits));
  const probabilityOf = ({ yPred, probabilities }: Prediction): ((row: number) => number) =>
    task === "binary" ? (row) => probabilities![row]! : (row) => probabilities![row * classCount + yPred[row]!]!;
  return (prediction) => {
    const { yPred } = prediction;
    const values = Array.from(yPred, shown);
    const probabilities =
      prediction.probabilities === null ? null : Array.from(yPred.keys(), probabilityOf(prediction));
    const notFinite: number[] = [];
    for (let row = 0; row < yPred.length; row++) {
      if (!Number.isFinite(yPred[row]!) || (probabilities !== null && !Number.isFinite(probabilities[row]!)))
        notFinite.push(row);
    }
    return { values, probabilities, notFinite };
  };
}
