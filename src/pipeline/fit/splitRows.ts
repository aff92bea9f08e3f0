/** Splits rows into a training and a validation part. */
import { MlctlError } from "../../core/errors.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import { parseDate } from "../../core/text/parseDate.ts";
import { random } from "../../core/random.ts";
import { lowerBound } from "../../stats/lowerBound.ts";
import type { Table } from "../../core/table/table.ts";

export interface SplitOptions {
  /** random and stratified shuffle; time trains up to `cutoff` (or on the earliest rows); head on the first `rows`. */
  readonly method: "random" | "stratified" | "time" | "head";
  /** Share of rows to validate on, 0 to 1, rounded up as in scikit-learn's train_test_split. */
  readonly validationSize: number;
  readonly seed: number;
  /** time: rows at or before this time train. */
  readonly cutoff?: string | undefined;
  readonly timeColumn?: string | undefined;
  /** head: number of rows that train. */
  readonly rows?: number | undefined;
  /** Number of classes, for stratified; 0 for regression. */
  readonly classCount: number;
}

/** Positions, each part in ascending order. */
export interface Split {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

/** @throws {MlctlError} kind "data" if a part would be empty; kind "usage" if the method lacks its setting */
export function splitRows(table: Table, y: Float64Array, options: SplitOptions): Split {
  const validation = new Uint8Array(table.rowCount);
  if (options.method === "time") markLate(table, options, validation);
  else if (options.method === "head") validation.fill(1, headSize(table, options));
  else if (options.method === "stratified" && options.classCount > 0) markStratified(y, options, validation);
  else
    markRandom(rowsWhere(validation, 0), Math.ceil(table.rowCount * options.validationSize), options.seed, validation);
  const split = { training: rowsWhere(validation, 0), validation: rowsWhere(validation, 1) };
  for (const part of ["training", "validation"] as const) {
    if (split[part].length > 0) continue;
    const message = `the split leaves no ${part} rows (${table.rowCount} rows, method ${options.method})`;
    throw new MlctlError("data", message, { hint: 'change "train.split" in config.json, or ingest more rows' });
  }
  return split;
}

/** Positions at which `marks` has the value `wanted`, ascending. */
function rowsWhere(marks: Uint8Array | Float64Array, wanted: number): Int32Array {
  const rows = new Int32Array(marks.length);
  let count = 0;
  for (let row = 0; row < marks.length; row++) if (marks[row] === wanted) rows[count++] = row;
  return rows.slice(0, count);
}

function markRandom(rows: Int32Array, count: number, seed: number, validation: Uint8Array): void {
  for (const row of random(seed).shuffle(rows).subarray(0, count)) validation[row] = 1;
}

/** Marks a share of each class; at least one row of each class trains. */
function markStratified(y: Float64Array, options: SplitOptions, validation: Uint8Array): void {
  for (let code = 0; code < options.classCount; code++) {
    const rows = rowsWhere(y, code);
    const count = Math.min(rows.length - 1, Math.round(rows.length * options.validationSize));
    markRandom(rows, Math.max(0, count), options.seed + code, validation);
  }
}

function markLate(table: Table, options: SplitOptions, validation: Uint8Array): void {
  const column = options.timeColumn === undefined ? undefined : findColumn(table, options.timeColumn);
  if (column === undefined || column.kind === "category") {
    const found = options.timeColumn === undefined ? "time_column is not set" : `"${options.timeColumn}" is not a date`;
    throw new MlctlError("usage", `train.split.method is "time" but ${found}`, {
      hint: 'set "time_column" to a date column; use "ingest.types" or "ingest.select" to parse it as a date',
    });
  }
  const cutoff = options.cutoff === undefined ? quantileTime(column.values, options) : parseDate(options.cutoff);
  if (cutoff === undefined || Number.isNaN(cutoff))
    throw new MlctlError("usage", `train.split.cutoff "${options.cutoff}" is not a date`);
  column.values.forEach((time, row) => {
    if (time > cutoff) validation[row] = 1;
  });
}

/** One time for all series; if the rows at the last time are more than the validation part, the time before it. */
function quantileTime(times: Float64Array, { validationSize }: SplitOptions): number {
  const sorted = times.filter((time) => !Number.isNaN(time)).toSorted();
  const wanted = sorted[Math.max(0, sorted.length - 1 - Math.ceil(sorted.length * validationSize))] ?? NaN;
  const last = sorted.at(-1);
  return wanted === last ? (sorted[lowerBound(sorted, last) - 1] ?? last) : wanted;
}

function headSize(table: Table, options: SplitOptions): number {
  return options.rows ?? table.rowCount - Math.ceil(table.rowCount * options.validationSize);
}
