/** Predictions as a column of values or class labels. */
import { categoryColumn } from "../../core/table/categoryColumn.ts";
import type { TargetSpec } from "../../core/table/signature.ts";
import type { Column } from "../../core/table/table.ts";

export function predictionColumn({ classes }: TargetSpec, yPred: Float64Array): Column {
  if (classes === undefined) return { kind: "number", name: "prediction", values: yPred };
  const labels = Array.from(yPred, (code) => classes[code]!);
  return categoryColumn("prediction", labels);
}
