/** Predictions and labels as columns for the drift tests. */
import type { TargetSpec } from "../core/table/signature.ts";
import { predictionColumn } from "../pipeline/rows/predictionColumn.ts";
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

function known(values: Float64Array): Float64Array {
  for (let row = 0; row < values.length; row++)
    if (Number.isNaN(values[row]!)) return values.filter((value) => !Number.isNaN(value));
  return values;
}
