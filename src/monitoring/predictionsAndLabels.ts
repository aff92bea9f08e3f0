/** What a model answered and what was true, as the columns that drift is tested of. */
import type { TargetSpec } from "../core/table/signature.ts";
import { predictionColumn } from "../pipeline/rows/predictionColumn.ts";
import type { DriftOptions } from "./driftReport.ts";
import type { PreparedRows } from "./prepareRows.ts";

/** Rows without an answer or a known truth are left out. */
export function predictionsAndLabels(
  { yPred, yTrue }: Pick<PreparedRows, "yPred" | "yTrue">,
  target: TargetSpec,
): Pick<DriftOptions, "prediction" | "target"> {
  const [answers, truth] = [known(yPred), known(yTrue)];
  return {
    ...(answers.length === 0 ? {} : { prediction: predictionColumn(target, answers) }),
    target: truth.length === 0 ? null : { ...predictionColumn(target, truth), name: target.name },
  };
}

function known(values: Float64Array): Float64Array {
  for (let row = 0; row < values.length; row++)
    if (Number.isNaN(values[row]!)) return values.filter((value) => !Number.isNaN(value));
  return values;
}
