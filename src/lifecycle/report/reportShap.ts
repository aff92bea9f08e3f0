/** How far each feature moved the answers to the test rows, for families that can tell. */
import type { Model } from "../../core/records/model.ts";
import { random } from "../../core/random.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { Task } from "../../core/task.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { compileTransforms } from "../../features/compileTransforms.ts";
import { conformTable } from "../../pipeline/rows/conformTable.ts";
import { explain, type Explained } from "../../pipeline/predict/explain.ts";
import { historyFromBatch } from "../../pipeline/rows/historyFromBatch.ts";
import type { ReportInput } from "../../reporting/reportInput.ts";
import type { Judgement } from "../judge.ts";

/** More rows change no shape; all of them would take longer than the training. */
const MOST_ROWS = 500;
/** More plots than this nobody compares. */
const MOST_CLASSES = 4;

/** @param judged on the test data; null where there was none. One summary; of several classes one for each. */
export function reportShap(judged: Judgement | null, model: Model): ReportInput["shap"] {
  if (judged === null || findEstimator(model.estimator.family).contributions === undefined) return [];
  const { table, evaluation } = judged;
  const inputs = conformTable(table, model.signature);
  const knowing = historyFromBatch(model, { inputs, table, y: evaluation.yTrue });
  const sample = selectRows(inputs, sampled(inputs.rowCount));
  const explained = explain(knowing, sample);
  const matrix = compileTransforms(knowing.transforms)(sample);
  const { classes, task, name } = model.signature.target;
  const outputs = task === "multiclass" ? classes!.slice(0, MOST_CLASSES) : [classes?.[1] ?? name];
  return outputs.map((label, output) => ({
    unit: unitOf(task, label, explained),
    features: explained.featureNames.map((feature, column) => ({
      name: feature,
      contributions: contributionsOf(explained, output, column),
      values: Float64Array.from(
        { length: matrix.rowCount },
        (_, row) => matrix.values[row * matrix.columnNames.length + column]!,
      ),
    })),
  }));
}

function unitOf(task: Task, label: string, { blocks }: Explained): string {
  if (task === "regression") return blocks[0]!.unit === "log_target" ? `logarithm of ${label}` : label;
  return task === "binary" ? `log-odds of “${label}”` : `margin of “${label}”`;
}

function sampled(rowCount: number): Int32Array {
  const rows = Int32Array.from({ length: rowCount }, (_, row) => row);
  return rowCount <= MOST_ROWS ? rows : random(0).shuffle(rows).subarray(0, MOST_ROWS).toSorted();
}

function contributionsOf(
  { featureNames, outputCount, blocks }: Explained,
  output: number,
  column: number,
): Float64Array {
  const width = featureNames.length;
  return Float64Array.from(
    blocks.flatMap(({ values }) =>
      Array.from(
        { length: values.length / (width * outputCount) },
        (_, row) => values[(row * outputCount + output) * width + column]!,
      ),
    ),
  );
}
