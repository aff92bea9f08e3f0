/** A model's prediction as people read it: labels by name, the probability that goes with each, numbers rounded. */
import type { Prediction } from "../../core/prediction.ts";
import type { TargetSpec } from "../../core/table/signature.ts";

/**
 * A label, then its probability: of the positive class where there are two, else of the predicted one. In regression a
 * number alone.
 */
type Predicted = readonly [value: string | number] | readonly [value: string | number, probability: number];

export interface PredictedValues {
  /** By row. */
  readonly predictions: readonly Predicted[];
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
    const { yPred, probabilities } = prediction;
    const probability = probabilities === null ? null : probabilityOf(prediction);
    const predictions: Predicted[] = [];
    const notFinite: number[] = [];
    for (let row = 0; row < yPred.length; row++) {
      const value = yPred[row]!;
      const share = probability?.(row) ?? null;
      if (!Number.isFinite(value) || (share !== null && !Number.isFinite(share))) notFinite.push(row);
      predictions.push(share === null ? [shown(value)] : [shown(value), share]);
    }
    return { predictions, notFinite };
  };
}
