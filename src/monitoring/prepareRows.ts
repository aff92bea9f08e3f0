/** Prepares the monitored rows once for all windows: inputs, predictions, labels and time. */
import {
  cellText,
  findColumn,
  selectRows,
  selectValues,
  sliceRows,
  type Signature,
  type TargetSpec,
  type Column,
  type Table,
} from "../core/table/table.ts";
import { MlctlError } from "../core/errors.ts";
import type { Evaluation, Prediction } from "../core/metric.ts";
import type { Model, Reference } from "../core/records/model.ts";
import { historyFromBatch, rowsInReach, rowsToJudge } from "../pipeline/rows/rowsInReach.ts";
import { predictor } from "../pipeline/predict/predictor.ts";
import { cellParserOf } from "../pipeline/rows/conformTable.ts";
import { classReader, targetNumber, predictionColumn } from "../pipeline/rows/encodeLabels.ts";
import { conformLeniently, type ConformedBatch } from "./conformLeniently.ts";
import { referenceOf, type ReferenceOptions } from "../stats/referenceOf.ts";

/** Rows per batch of predictions: the matrix of a million rows would not fit in the CPU cache, nor always in memory. */
const BATCH_ROWS = 16_384;

/** NaN for a row without a prediction or label; predictions and labels are values or class codes. */
export interface PreparedRows extends ConformedBatch {
  readonly table: Table;
  readonly extraColumns: readonly string[];
  readonly yPred: Float64Array;
  /** Laid out as in Prediction; null for regression, or if they were not kept. */
  readonly probabilities: Float64Array | null;
  readonly yTrue: Float64Array;
  /** Labels that are not classes (or numbers); these rows count as unlabelled. */
  readonly unknownLabels: { readonly count: number; readonly example: string } | null;
  /** Labelled rows without a prediction, since the history does not reach them or has a gap, and why the first is. */
  readonly notJudged: { readonly count: number; readonly reason: string } | null;
  /** Why no row has a prediction; null if the model could predict. */
  readonly noPredictions: string | null;
  /** Milliseconds since 1970; null without a time column. */
  readonly time: Float64Array | null;
}

interface PrepareOptions {
  readonly timeColumn: string | null;
  /** Decimals of the predictions that callers receive. Regression only. */
  readonly round: number | null;
  /** Expected columns that are not inputs: ids, the target, dropped columns. */
  readonly known: readonly string[];
  /** Recorded predictions; if absent, the model predicts now. */
  readonly recorded?: Prediction | undefined;
  /** Ascending positions of the rows to predict; default all. */
  readonly asked?: Int32Array;
}

export function prepareRows(model: Model, table: Table, options: PrepareOptions): PreparedRows {
  const { signature } = model;
  const conformed = conformLeniently(table, signature);
  const expected = new Set([...signature.inputs.map(({ name }) => name), signature.target.name, ...options.known]);
  const labels = labelsOf(table, signature);
  const { target } = signature;
  const { recorded, asked = Int32Array.from(labels.yTrue.keys()) } = options;
  const extended =
    recorded === undefined ? historyFromBatch(model, { inputs: conformed.inputs, table, y: labels.yTrue }) : undefined;
  const reasonOf =
    extended && conformed.missingColumns.length === 0 ? rowsToJudge(extended, conformed.inputs).reasonOf : undefined;
  const isLeft = (row: number): boolean => !Number.isNaN(labels.yTrue[row]) && reasonOf?.(row) !== undefined;
  const left = asked.filter(isLeft);
  const predicted =
    recorded ??
    predictAll(extended!, conformed, left.length === 0 ? options.asked : asked.filter((row) => !isLeft(row)));
  const nothing = { yPred: new Float64Array(table.rowCount).fill(NaN), probabilities: null };
  const { yPred, probabilities } = typeof predicted === "string" ? nothing : predicted;
  const time =
    options.timeColumn === null
      ? undefined
      : (findColumn(conformed.inputs, options.timeColumn) ?? findColumn(table, options.timeColumn));
  return {
    ...conformed,
    table,
    extraColumns: table.columns.flatMap(({ name }) => (expected.has(name) ? [] : [name])),
    yPred: options.round === null || target.classes !== undefined ? yPred : rounded(yPred, options.round),
    probabilities,
    ...labels,
    notJudged: left.length === 0 ? null : { count: left.length, reason: reasonOf!(left[0]!)! },
    noPredictions: typeof predicted === "string" ? predicted : null,
    time: time?.kind === "date" ? time.values : null,
  };
}

export function selectPrepared(rows: PreparedRows, positions: ArrayLike<number>): PreparedRows {
  const invalid = [...rows.invalid].map(([name, { rows: marks, example }]) => {
    return [name, { rows: Uint8Array.from(positions, (row) => marks[row]!), example }] as const;
  });
  return {
    ...selectPredicted(rows, positions),
    table: selectRows(rows.table, positions),
    inputs: selectRows(rows.inputs, positions),
    invalid: new Map(invalid),
    time: rows.time && selectValues(rows.time, positions),
  };
}

export function selectPredicted<Rows extends Pick<Evaluation, "yTrue" | "yPred" | "probabilities">>(
  rows: Rows,
  positions: ArrayLike<number>,
): Rows {
  const { yTrue, yPred, probabilities } = rows;
  const selected = { ...rows, yTrue: selectValues(yTrue, positions), yPred: selectValues(yPred, positions) };
  if (probabilities === null) return selected;
  const width = yPred.length === 0 ? 0 : probabilities.length / yPred.length;
  const rowOf = (row: number): Float64Array => probabilities.subarray(row * width, (row + 1) * width);
  const kept = new Float64Array(positions.length * width);
  for (let i = 0; i < positions.length; i++) kept.set(rowOf(positions[i]!), i * width);
  return { ...selected, probabilities: kept };
}

/** Predicts every row that the model has enough history for; a string says why there are no predictions. */
function predictAll(
  model: Model,
  { inputs, missingColumns }: ConformedBatch,
  asked: Int32Array | undefined,
): Prediction | string {
  if (missingColumns.length > 0)
    return `columns that the model needs are missing: ${missingColumns.map((name) => `"${name}"`).join(", ")}`;
  const { classes = [] } = model.signature.target;
  const yPred = new Float64Array(inputs.rowCount).fill(NaN);
  let probabilities: Float64Array | null = null;
  try {
    const inReach = rowsInReach(model, inputs);
    const wanted = asked && new Set(asked);
    const rows = wanted === undefined ? inReach : inReach.filter((row) => wanted.has(row));
    const isWhole = rows.length === inputs.rowCount;
    const predict = predictor(model);
    for (let start = 0; start < Math.max(1, rows.length); start += BATCH_ROWS) {
      const some = rows.subarray(start, start + BATCH_ROWS);
      const predictions = predict(isWhole ? sliceRows(inputs, start, start + some.length) : selectRows(inputs, some));
      for (let i = 0; i < some.length; i++) yPred[some[i]!] = predictions.yPred[i]!;
      if (predictions.probabilities === null) continue;
      probabilities ??= new Float64Array(inputs.rowCount * (classes.length > 2 ? classes.length : 1)).fill(NaN);
      const width = predictions.probabilities.length / Math.max(1, some.length);
      for (const [i, row] of some.entries())
        probabilities.set(predictions.probabilities.subarray(i * width, (i + 1) * width), row * width);
    }
    return { yPred, probabilities };
  } catch (error) {
    // A value that the model does not accept must not prevent the checks that need no predictions.
    if (error instanceof MlctlError) return error.message;
    throw error;
  }
}

function rounded(values: Float64Array, decimals: number): Float64Array {
  return values.map((value) => (Number.isFinite(value) ? Number(value.toFixed(decimals)) : value));
}

/** The labels of a table in the model's class codes; all NaN if it has no target column. */
function labelsOf(table: Table, signature: Signature): Pick<PreparedRows, "yTrue" | "unknownLabels"> {
  const { target } = signature;
  const parse = cellParserOf(signature, target.name, "number");
  const column = findColumn(table, target.name);
  const yTrue = new Float64Array(table.rowCount).fill(NaN);
  if (column === undefined) return { yTrue, unknownLabels: null };
  const codeOf = classReader(target.classes ?? []);
  let [count, example] = [0, ""];
  for (let row = 0; row < table.rowCount; row++) {
    if (isMissing(column, row)) continue;
    const value = target.classes === undefined ? targetNumber(column, row, parse) : codeOf(cellText(column, row) ?? "");
    if (value !== undefined) yTrue[row] = value;
    else if (count++ === 0) example = cellText(column, row) ?? "";
  }
  return { yTrue, unknownLabels: count === 0 ? null : { count, example } };
}

function isMissing(column: Column, row: number): boolean {
  return column.kind === "category" ? column.codes[row]! < 0 : Number.isNaN(column.values[row]!);
}

/** Leaves out missing predictions and labels. `target` is null if there are no labels. */
export function predictionsAndLabels(
  { yPred, yTrue }: Pick<PreparedRows, "yPred" | "yTrue">,
  target: TargetSpec,
): { prediction?: Column; target: Column | null } {
  const [predictions, labels] = [known(yPred), known(yTrue)];
  return {
    ...(predictions.length === 0 ? {} : { prediction: predictionColumn(target, predictions) }),
    target: labels.length === 0 ? null : { ...predictionColumn(target, labels), name: target.name },
  };
}

export function referenceOfPrepared(
  rows: Pick<PreparedRows, "inputs" | "yPred" | "yTrue">,
  target: TargetSpec,
  options: Pick<ReferenceOptions, "seed" | "sampleSize">,
): Reference {
  const { prediction, target: labels } = predictionsAndLabels(rows, target);
  return referenceOf(rows.inputs, { ...options, prediction, target: labels ?? undefined });
}

function known(values: Float64Array): Float64Array {
  return values.some((value) => Number.isNaN(value)) ? values.filter((value) => !Number.isNaN(value)) : values;
}
