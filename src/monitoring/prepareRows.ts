/** Rows to be watched, made ready once for all windows: inputs, answers, truth and time. */
import { cellText } from "../core/table/cellText.ts";
import { MlctlError } from "../core/errors.ts";
import { findColumn } from "../core/table/findColumn.ts";
import type { Model } from "../core/records/model.ts";
import type { Prediction } from "../core/prediction.ts";
import { selectRows, sliceRows } from "../core/table/selectRows.ts";
import type { TargetSpec } from "../core/table/signature.ts";
import type { Column, Table } from "../core/table/table.ts";
import { historyFromBatch } from "../pipeline/rows/historyFromBatch.ts";
import { predictor } from "../pipeline/predict/predictor.ts";
import { rowsInReach } from "../pipeline/rows/rowsInReach.ts";
import { targetNumber } from "../pipeline/rows/targetNumber.ts";
import { conformLeniently, type ConformedBatch } from "./conformLeniently.ts";

/** Answered together: the matrix of a million rows would not fit in the processor's cache, nor always in memory. */
const ROWS_AT_ONCE = 16_384;

export interface PreparedRows extends ConformedBatch {
  /** As they came. */
  readonly table: Table;
  readonly extraColumns: readonly string[];
  /** Values, or codes of classes; NaN for a row without an answer. */
  readonly yPred: Float64Array;
  /** As Prediction has them; null for regression, and where nobody kept them. */
  readonly probabilities: Float64Array | null;
  /** In the model's codes; NaN where the truth is not known. */
  readonly yTrue: Float64Array;
  /** Labels that the model does not know, with the first; they count as unknown truth. */
  readonly unknownLabels: { readonly count: number; readonly example: string } | null;
  /** Why no row has an answer; null where some have. */
  readonly unanswered: string | null;
  /** Milliseconds; null without a time column. */
  readonly time: Float64Array | null;
}

export interface PrepareOptions {
  readonly timeColumn: string | null;
  /** Decimals that callers are given; the rounded answers are judged then. Regression only. */
  readonly round: number | null;
  /** Columns that are known and no inputs: ids, the target, dropped ones. */
  readonly known: readonly string[];
  /** What was answered, where it is known; else the model is asked now. */
  readonly answers?: Prediction;
  /** Positions of the only rows that the model is asked about, rising; of all unless told. */
  readonly asked?: Int32Array;
}

export function prepareRows(model: Model, table: Table, options: PrepareOptions): PreparedRows {
  const { signature } = model;
  const conformed = conformLeniently(table, signature);
  const expected = new Set([...signature.inputs.map(({ name }) => name), signature.target.name, ...options.known]);
  const truth = labelsOf(table, signature.target);
  const answered =
    options.answers ??
    answersOf(historyFromBatch(model, { inputs: conformed.inputs, table, y: truth.yTrue }), conformed, options.asked);
  const nothing = { yPred: new Float64Array(table.rowCount).fill(NaN), probabilities: null };
  const { yPred, probabilities } = typeof answered === "string" ? nothing : answered;
  const { target } = signature;
  return {
    ...conformed,
    table,
    extraColumns: table.columns.flatMap(({ name }) => (expected.has(name) ? [] : [name])),
    yPred: options.round === null || target.classes !== undefined ? yPred : rounded(yPred, options.round),
    probabilities,
    ...truth,
    unanswered: typeof answered === "string" ? answered : null,
    time: timeOf(table, conformed, options.timeColumn),
  };
}

/** The rows of one window. */
export function selectPrepared(rows: PreparedRows, positions: ArrayLike<number>): PreparedRows {
  const pick = (values: Float64Array): Float64Array => Float64Array.from(positions, (row) => values[row]!);
  const { probabilities, yPred } = rows;
  const width = probabilities === null || yPred.length === 0 ? 0 : probabilities.length / yPred.length;
  const spread = (row: number): Float64Array => probabilities!.subarray(row * width, (row + 1) * width);
  const kept = new Float64Array(positions.length * width);
  if (width > 0) for (let i = 0; i < positions.length; i++) kept.set(spread(positions[i]!), i * width);
  const invalid = [...rows.invalid].map(([name, { rows: marks, example }]) => {
    return [name, { rows: Uint8Array.from(positions, (row) => marks[row]!), example }] as const;
  });
  return {
    ...rows,
    table: selectRows(rows.table, positions),
    inputs: selectRows(rows.inputs, positions),
    invalid: new Map(invalid),
    yPred: pick(yPred),
    probabilities: probabilities === null ? null : kept,
    yTrue: pick(rows.yTrue),
    time: rows.time === null ? null : pick(rows.time),
  };
}

/** Answers of all rows that the model can answer, or why there are none. */
function answersOf(
  model: Model,
  { inputs, missingColumns }: ConformedBatch,
  asked: Int32Array | undefined,
): Prediction | string {
  if (missingColumns.length > 0)
    return `the model needs the column ${missingColumns.map((name) => `"${name}"`).join(", ")}`;
  const { classes = [] } = model.signature.target;
  const yPred = new Float64Array(inputs.rowCount).fill(NaN);
  let probabilities: Float64Array | null = null;
  try {
    const inReach = rowsInReach(model, inputs);
    const rows = asked === undefined ? inReach : inBoth(inReach, asked);
    const isWhole = rows.length === inputs.rowCount;
    const predict = predictor(model);
    for (let start = 0; start < Math.max(1, rows.length); start += ROWS_AT_ONCE) {
      const some = rows.subarray(start, start + ROWS_AT_ONCE);
      const answers = predict(isWhole ? sliceRows(inputs, start, start + some.length) : selectRows(inputs, some));
      for (let i = 0; i < some.length; i++) yPred[some[i]!] = answers.yPred[i]!;
      if (answers.probabilities === null) continue;
      probabilities ??= new Float64Array(inputs.rowCount * (classes.length > 2 ? classes.length : 1)).fill(NaN);
      const width = answers.probabilities.length / Math.max(1, some.length);
      for (const [i, row] of some.entries())
        probabilities.set(answers.probabilities.subarray(i * width, (i + 1) * width), row * width);
    }
    return { yPred, probabilities };
  } catch (error) {
    // A value the model cannot take must not end the report on all that can be told without its answers.
    if (error instanceof MlctlError) return error.message;
    throw error;
  }
}

/** Both rising. */
function inBoth(first: Int32Array, second: Int32Array): Int32Array {
  let at = 0;
  return second.filter((row) => {
    while (at < first.length && first[at]! < row) at++;
    return first[at] === row;
  });
}

function rounded(values: Float64Array, decimals: number): Float64Array {
  return values.map((value) => (Number.isFinite(value) ? Number(value.toFixed(decimals)) : value));
}

/** The labels of a table, where it has some, in the model's codes. */
export function labelsOf(table: Table, target: TargetSpec): Pick<PreparedRows, "yTrue" | "unknownLabels"> {
  const column = findColumn(table, target.name);
  const yTrue = new Float64Array(table.rowCount).fill(NaN);
  if (column === undefined) return { yTrue, unknownLabels: null };
  const codeOf = new Map((target.classes ?? []).map((label, code) => [label, code]));
  let [count, example] = [0, ""];
  for (let row = 0; row < table.rowCount; row++) {
    if (isMissing(column, row)) continue;
    const value = target.classes === undefined ? targetNumber(column, row) : codeOf.get(cellText(column, row) ?? "");
    if (value !== undefined) yTrue[row] = value;
    else if (count++ === 0) example = cellText(column, row) ?? "";
  }
  return { yTrue, unknownLabels: count === 0 ? null : { count, example } };
}

function isMissing(column: Column, row: number): boolean {
  return column.kind === "category" ? column.codes[row]! < 0 : Number.isNaN(column.values[row]!);
}

function timeOf(table: Table, { inputs }: ConformedBatch, name: string | null): Float64Array | null {
  if (name === null) return null;
  const column = findColumn(inputs, name) ?? findColumn(table, name);
  return column?.kind === "date" ? column.values : null;
}
