/** Predictions and labels as columns for the drift tests, and in a reference. */
import type { Reference } from "../core/records/reference.ts";
import type { TargetSpec } from "../core/table/signature.ts";
import { predictionColumn } from "../pipeline/rows/predictionColumn.ts";
import { referenceOf, type ReferenceOptions } from "../stats/referenceOf.ts";
import type { DriftOptions } from "./driftReport.ts";
import type { PreparedRows } from "./prepareRows.ts";

/** Leaves out missing predictions and labels. `target` is null if there are no labels. */
export function predictionsAndLabels(
  { yPred, yTrue }: Pick<PreparedRows, "yPred" | "yTrue">,
  target: TargetSpec,
): Pick<DriftOptions, "prediction" | "target"> {
  const [predictions, labels] = [known(yPred), known(yTrue)];
  return {
    ...(predictions.length === 0 ? {} : { prediction: predictionColumn(target, predictions) }),
    target: labels.length === 0 ? null : { ...predictionColumn(target, labels), name: target.name },
  };
}

/** Reference statistics of rows: inputs, predictions and labels. */
export function referenceOfPrepared(
  rows: Pick<PreparedRows, "inputs" | "yPred" | "yTrue">,
  target: TargetSpec,
  options: Pick<ReferenceOptions, "seed" | "sampleSize">,
): Reference {
  const { prediction, target: labels } = predictionsAndLabels(rows, target);
  return referenceOf(rows.inputs, { ...options, prediction, target: labels ?? undefined });
}

function known(values: Float64Array): Float64Array {
  for (let row = 0; row < values.length; row++)
    if (Number.isNaN(values[row]!)) return values.filter((value) => !Number.isNaN(value));
  return values;
}
