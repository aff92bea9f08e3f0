/** Splits rows into a training and a validation part. */
import { calendar, type TimeOrder } from "../rows/calendar.ts";
import { MlctlError } from "../../core/errors.ts";
import { findColumn, type Table, selectRows, selectValues, type TargetSpec } from "../../core/table/table.ts";
import { parseDate } from "../../core/text/valueFormat.ts";
import { random } from "../../core/random.ts";
import type { History } from "../../core/transform.ts";

export interface SplitOptions {
  /**
   * random and stratified shuffle; group shuffles `groups`, whose rows stay together; time trains up to `cutoff` (or on
   * the earliest rows); head on the first `rows`.
   */
  readonly method: "random" | "stratified" | "group" | "time" | "head";
  /** Share of rows to validate on, 0 to 1, rounded up as in scikit-learn's train_test_split. */
  readonly validationSize: number;
  readonly seed: number;
  /** time: rows at or before it train. */
  readonly cutoff?: string | undefined;
  readonly timeColumn?: string | undefined;
  /** time: instead of `timeColumn`, (n_samples). */
  readonly times?: Float64Array | undefined;
  readonly rows?: number | undefined;
  /** group: (n_samples); null is a group too. */
  readonly groups?: readonly (string | null)[] | undefined;
  /** 0 for regression. */
  readonly classCount: number;
}

/** Positions, each part in ascending order. */
export type Split = { readonly training: Int32Array; readonly validation: Int32Array };

/** @throws {MlctlError} kind "data" if a part would be empty; kind "usage" if the method lacks its setting */
export function splitRows(table: Table, y: Float64Array, options: SplitOptions): Split {
  const validation = new Uint8Array(table.rowCount);
  const share = Math.ceil(table.rowCount * options.validationSize);
  if (options.method === "time") markLate(table, options, validation);
  else if (options.method === "group") markGroups(y, share, options, validation);
  else if (options.method === "head") validation.fill(1, options.rows ?? table.rowCount - share);
  else if (options.method === "stratified" && options.classCount > 0) markStratified(y, options, validation);
  else markRandom(rowsWhere(validation, 0), share, options.seed, validation);
  const split = { training: rowsWhere(validation, 0), validation: rowsWhere(validation, 1) };
  for (const part of ["training", "validation"] as const) {
    if (split[part].length > 0) continue;
    const isSame = options.method === "group" || (options.method === "time" && options.cutoff === undefined);
    const isNeeded = options.method === "group" && new Set(options.groups).size > 1;
    const same = isSame ? `: all of them have the same ${options.method}` : "";
    const why = isNeeded ? ": each group is the only one of a class" : same;
    const message = `the split leaves no ${part} rows (${table.rowCount} rows, method ${options.method})${why}`;
    throw new MlctlError("data", message, { hint: 'change "train.split" in config.json, or ingest more rows' });
  }
  return split;
}

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

/** Whole groups of together at most `count` rows, or the smallest group; none without which a class would not train. */
function markGroups(y: Float64Array, count: number, options: SplitOptions, validation: Uint8Array): void {
  const { groups = [], classCount, seed } = options;
  const rowsOf = [...Map.groupBy(groups.keys(), (row) => groups[row]!).values()];
  if (rowsOf.length < 2) return;
  const training = classCounts(y.keys(), y, classCount);
  const isNeeded = (own: Float64Array): boolean => own.some((n, code) => n > 0 && n === training[code]);
  const sizes = rowsOf.flatMap((rows) => (isNeeded(classCounts(rows, y, classCount)) ? [] : [rows.length]));
  let left = Math.max(count, Math.min(...sizes));
  for (const at of random(seed).shuffle(Int32Array.from(rowsOf.keys()))) {
    const rows = rowsOf[at]!;
    const own = classCounts(rows, y, classCount);
    if (rows.length > left || isNeeded(own)) continue;
    left -= rows.length;
    for (const row of rows) validation[row] = 1;
    own.forEach((n, code) => (training[code]! -= n));
  }
}

/** @param y −1 where the class is unknown */
function classCounts(rows: Iterable<number>, y: Float64Array, classCount: number): Float64Array {
  const counts = new Float64Array(classCount);
  if (classCount > 0) for (const row of rows) if (y[row]! >= 0) counts[y[row]!]!++;
  return counts;
}

function markLate(table: Table, options: SplitOptions, validation: Uint8Array): void {
  const times = options.times ?? timesOf(table, options.timeColumn);
  const cutoff = options.cutoff === undefined ? quantileTime(times, options) : parseDate(options.cutoff);
  if (cutoff === undefined || Number.isNaN(cutoff))
    throw new MlctlError("usage", `train.split.cutoff "${options.cutoff}" is not a date`);
  times.forEach((time, row) => {
    if (time > cutoff) validation[row] = 1;
  });
}

function timesOf(table: Table, name: string | undefined): Float64Array {
  const column = name === undefined ? undefined : findColumn(table, name);
  if (column !== undefined && column.kind !== "category") return column.values;
  const found = name === undefined ? "time_column is not set" : `"${name}" is not a date`;
  const hint = 'set "time_column" to a date column; use "ingest.types" or "ingest.select" to parse it as a date';
  throw new MlctlError("usage", `train.split.method is "time" but ${found}`, { hint });
}

/** Rows of one time stay together; if the last time has more rows than validate, the one before it is the cutoff. */
function quantileTime(times: Float64Array, { validationSize }: SplitOptions): number {
  const sorted = times.filter((time) => !Number.isNaN(time)).toSorted();
  const cutoff = sorted[Math.max(0, sorted.length - 1 - Math.ceil(sorted.length * validationSize))] ?? NaN;
  return cutoff < sorted.at(-1)! ? cutoff : (sorted.findLast((time) => time < cutoff) ?? cutoff);
}

/** Labelled rows; `inputs` has the input columns only. */
export interface TrainingData {
  readonly inputs: Table;
  readonly y: Float64Array;
  readonly target: TargetSpec;
  /** With a time_column: all labelled rows, independent of the selected part. */
  readonly history?: History | undefined;
  /** Of each row if the data is split by time: folds and held-out rows keep this order. */
  readonly times?: Float64Array | undefined;
  /** Of each row if folds keep groups together; null is a group too. */
  readonly groups?: readonly (string | null)[] | undefined;
  /** Position of each row in the dataset, from 0, for errors. */
  readonly dataRows?: Int32Array | undefined;
}

export type Parts = { readonly training: TrainingData; readonly validation: TrainingData };

/** Rows of the data that all fits of a training share; selected when they are needed, because many fits may wait. */
export interface Rows {
  readonly data: TrainingData;
  readonly rows: Int32Array;
  /** Where they are selected already. */
  readonly part?: TrainingData | undefined;
}

/** @param rows positions of the rows to select, in this order */
export function partOf(
  { inputs, y, times, groups, dataRows, ...common }: TrainingData,
  rows: Int32Array,
): TrainingData {
  return {
    ...common,
    inputs: selectRows(inputs, rows),
    y: selectValues(y, rows),
    ...(times === undefined ? {} : { times: selectValues(times, rows) }),
    ...(dataRows === undefined ? {} : { dataRows: rows.map((row) => dataRows[row]!) }),
    ...(groups === undefined ? {} : { groups: Array.from(rows, (row) => groups[row]!) }),
  };
}

/** With fewer rows or times a sorted column says little. */
const MIN_ROWS = 30;
const MIN_TIMES = 10;

/** By a column: its times never decrease, never increase, or do one of these within groups that follow each other. */
export const rowOrders = ["in the order of", "newest first by", "in groups in the order of"] as const;
type RowOrder = (typeof rowOrders)[number];

/**
 * A model of such a file predicts later rows: a random split would validate on rows between those that it trains on.
 * @param table in file order
 * @param orders that are looked for
 */
export function timeOrder(
  table: Table,
  orders: readonly RowOrder[] = [rowOrders[0]],
): (TimeOrder & { readonly order: RowOrder }) | undefined {
  const dates = table.columns.flatMap(({ kind, name, ...column }) =>
    kind === "date" && "values" in column ? [{ name, times: column.values }] : [],
  );
  const ordered = [...dates, ...calendar(table)].flatMap((each) => {
    const order = orderOf(each.times);
    return order !== undefined && orders.includes(order) ? [{ ...each, order }] : [];
  });
  return ordered.toSorted((a, b) => orders.indexOf(a.order) - orders.indexOf(b.order))[0];
}

function orderOf(times: Float64Array): RowOrder | undefined {
  if (times.length < MIN_ROWS) return undefined;
  let [later, earlier] = [0, 0];
  for (let row = 1; row < times.length; row++) {
    const [before, now] = [times[row - 1]!, times[row]!];
    if (!(now >= before || now < before)) return undefined; // without a time
    if (now > before) later++;
    else if (now < before) earlier++;
  }
  const [steps, breaks] = [Math.max(later, earlier), Math.min(later, earlier)];
  if (steps / (breaks + 1) < MIN_TIMES - 1) return undefined;
  if (breaks > 0) return rowOrders[2];
  return rowOrders[later > 0 ? 0 : 1];
}
