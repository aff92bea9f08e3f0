/** Encodes the target column: values for regression, class codes for classification. */
import {
  cellText,
  findColumn,
  type TargetSpec,
  type Column,
  type Table,
  LARGEST_FLOAT32,
} from "../../core/table/table.ts";
import { MlctlError } from "../../core/errors.ts";
import { numberFormatsOf, parseNumber } from "../../core/text/valueFormat.ts";
import { suggest } from "../../core/text/suggest.ts";
import { classReader, targetNumber, targetTooLarge } from "./encodeLabels.ts";

/** Integers with more distinct values than this are a regression target unless "task" says otherwise; see looksOrdered. */
const MAX_INFERRED_CLASSES = 10;

/** More classes than this are text or ids if they are more than half of the rows. */
const MANY_CLASSES = 50;

export interface TargetOptions {
  readonly target: string;
  /** Null: inferred from the values. */
  readonly task: "regression" | "classification" | null;
  /** That binary metrics refer to; null: the last class in sorted order. */
  readonly positiveClass: string | null;
}

export interface EncodedTarget {
  readonly spec: TargetSpec;
  /** One entry per row in `rows`. */
  readonly y: Float64Array;
  /** Positions of the rows that have a target. */
  readonly rows: Int32Array;
  /** Number of rows without a target, and position of the first of them, or −1. */
  readonly missing: number;
  readonly firstMissing: number;
  /** The values in ascending order if they are three to ten integers and "task" is not set: classes or numbers was a guess. */
  readonly integers?: readonly number[];
}

/**
 * Encodes the target of training data. Classes are sorted (numerically if all are numbers); of two, the positive class
 * comes last.
 * @throws {MlctlError} kind "data" for a missing or empty column, a single class, nearly as many classes as rows, or text
 *   in a regression target
 */
export function encodeTarget(table: Table, options: TargetOptions): EncodedTarget {
  const column = targetColumn(table, options.target);
  const { rows, firstMissing } = presentRows(column, table.rowCount);
  if (rows.length === 0) {
    const hint = 'add rows with a target value, or set "target" in config.json to another column';
    throw new MlctlError("data", `target column "${options.target}" has no value in any row`, { hint });
  }
  if (column.kind === "date" && options.task === null) throw datesAsTarget(options.target);
  const missing = { missing: table.rowCount - rows.length, firstMissing };
  const cells = column.kind === "category" ? column.codes : column.values;
  const isNumber = options.task === null ? isQuantity(column, rows) : options.task === "regression";
  const labels = isNumber ? new Map<number, string>() : distinctLabels(column, cells, rows);
  const distinct = sortLabels(new Set(labels.values()));
  const integers = options.task === null && !isNumber ? fewIntegers(column, distinct) : undefined;
  const isOrdered = integers !== undefined && looksOrdered(column.name, countsOf(cells, rows, integers));
  const guess = integers === undefined ? {} : { integers };
  if (isNumber || isOrdered || (options.task === null && !looksLikeClasses(column, distinct))) {
    const y = new Float64Array(rows.length);
    for (let i = 0; i < y.length; i++) y[i] = numberAt(column, rows[i]!, options.target);
    return { spec: { name: options.target, task: "regression" }, y, rows, ...missing, ...guess };
  }
  const classes = orderClasses(distinct, options);
  if (options.task === null && classes.length > MANY_CLASSES && classes.length > rows.length / 2)
    throw tooManyClasses(options.target, classes.length, rows.length);
  const codeOf = new Map(classes.map((label, code) => [label, code]));
  const codes = new Map(Array.from(labels, ([cell, label]) => [cell, codeOf.get(label)!]));
  const y = new Float64Array(rows.length);
  for (let i = 0; i < y.length; i++) y[i] = codes.get(cells[rows[i]!]!)!;
  const task = classes.length === 2 ? "binary" : "multiclass";
  return { spec: { name: options.target, task, classes }, y, rows, ...missing, ...guess };
}

function datesAsTarget(target: string): MlctlError {
  const days = JSON.stringify({ days: `date_diff('day', DATE '2000-01-01', "${target.replaceAll('"', '""')}")` });
  return new MlctlError("data", `target column "${target}" has dates, which no model predicts`, {
    hint: `predict a number that is computed from them: "ingest": { "select": ${days} }, "target": "days", "drop_columns": [${JSON.stringify(target)}]; or set "task": "classification" if few dates are classes`,
  });
}

function tooManyClasses(target: string, count: number, rows: number): MlctlError {
  const message = `target column "${target}" has ${count} different values in ${rows} rows: text or ids, of which no model learns`;
  return new MlctlError("data", message, {
    hint: 'name the column that is to be predicted; if these are numbers or dates, correct the values that are not; to learn them all the same, set "task": "classification"',
  });
}

/** The values of a number column with three to ten different integers; undefined for other columns. */
function fewIntegers(column: Column, distinct: readonly string[]): number[] | undefined {
  if (column.kind !== "number" || distinct.length <= 2) return undefined;
  const values = distinct.map(Number);
  return values.every(Number.isInteger) ? values : undefined;
}

/** Number of rows with each of the values. */
function countsOf(cells: ArrayLike<number>, rows: Int32Array, values: readonly number[]): number[] {
  const counts = new Map(values.map((value) => [value, 0]));
  for (const row of rows) counts.set(cells[row]!, (counts.get(cells[row]!) ?? 0) + 1);
  return [...counts.values()];
}

function targetColumn(table: Table, target: string): Column {
  const column = findColumn(table, target);
  if (column !== undefined) return column;
  const names = table.columns.map(({ name }) => name);
  const near = suggest(target, names);
  const delimiter = names.map((name) => delimiterIn(name, target)).find((found) => found !== undefined);
  const available = `available columns: ${names.slice(0, 20).join(", ")}`;
  const separator = JSON.stringify(delimiter);
  const separated = `${available}; if ${separator} separates the cells, set "ingest.delimiter": ${separator} in config.json`;
  const renamed = near ? `did you mean "${near}"? set "target" in config.json` : available;
  const hint = delimiter === undefined ? renamed : separated;
  throw new MlctlError("data", `the data has no target column "${target}"`, { hint });
}

/** What separates the target from other names in what was read as one name: "x^k^y", or `x "k" "y"`. */
function delimiterIn(name: string, target: string): string | undefined {
  const words = name.split(/[\p{L}\p{N}_."']+/u).filter((part) => part !== "");
  const [delimiter] = words;
  if (delimiter === undefined || delimiter.length > 2 || words.some((part) => part !== delimiter)) return undefined;
  const parts = name.split(delimiter).map((part) => part.replaceAll(/^["']|["']$/g, ""));
  return parts.length > 1 && parts.includes(target) ? delimiter : undefined;
}

function presentRows(column: Column, rowCount: number): { rows: Int32Array; firstMissing: number } {
  const rows = new Int32Array(rowCount);
  let [count, firstMissing] = [0, -1];
  for (let row = 0; row < rowCount; row++) {
    const isMissing = column.kind === "category" ? column.codes[row]! < 0 : Number.isNaN(column.values[row]!);
    if (!isMissing) rows[count++] = row;
    else if (firstMissing < 0) firstMissing = row;
  }
  return { rows: rows.slice(0, count), firstMissing };
}

/** Detects a regression target early, so that a million distinct numbers are not converted to labels. */
function isQuantity(column: Column, rows: Int32Array): boolean {
  if (column.kind !== "number") return false;
  const distinct = new Set<number>();
  for (const row of rows) if (distinct.add(column.values[row]!).size > MAX_INFERRED_CLASSES) return true;
  return false;
}

/** Label of each distinct cell, keyed by its number or category code. */
function distinctLabels(column: Column, cells: ArrayLike<number>, rows: Int32Array): Map<number, string> {
  const labels = new Map<number, string>();
  for (const row of rows) if (!labels.has(cells[row]!)) labels.set(cells[row]!, cellText(column, row)!);
  return labels;
}

function sortLabels(distinct: ReadonlySet<string>): string[] {
  const numeric = [...distinct].every((text) => text.trim() !== "" && Number.isFinite(Number(text)));
  return [...distinct].toSorted((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : 1));
}

function looksLikeClasses(column: Column, distinct: readonly string[]): boolean {
  if (column.kind === "category" && distinct.length > MAX_INFERRED_CLASSES) {
    const hint = formatHint(column.name, distinct);
    if (hint !== undefined) {
      const message = `target column "${column.name}" is text, but its values are numbers such as "${distinct[0]}"`;
      throw new MlctlError("data", message, { hint: `${hint}, or set "task" to "classification"` });
    }
  }
  if (column.kind === "category" || distinct.length <= 2) return true;
  return distinct.length <= MAX_INFERRED_CLASSES && distinct.every((text) => Number.isInteger(Number(text)));
}

/** The setting that reads the texts as numbers; undefined if they are none. */
function formatHint(column: string, texts: readonly string[]): string | undefined {
  const formats = numberFormatsOf(texts).map(({ id }) => `{ ${JSON.stringify(column)}: ${JSON.stringify(id)} }`);
  return formats.length === 0 ? undefined : `set "ingest.types": ${formats.join(" or ")} in config.json`;
}

function numberAt(column: Column, row: number, target: string): number {
  const value = targetNumber(column, row, parseNumber);
  if (value !== undefined && Math.abs(value) <= LARGEST_FLOAT32) return value;
  if (value !== undefined && !Number.isNaN(value)) throw targetTooLarge(target, value, row);
  const text = cellText(column, row) ?? "";
  const fix = formatHint(target, [text]) ?? 'clean it with "ingest.select"';
  const message = `target column "${target}" contains ${JSON.stringify(text)} in data row ${row + 1}, which is not a number`;
  throw new MlctlError("data", message, {
    hint: `regression needs numbers: ${fix}, or set "task" to "classification"`,
  });
}

function orderClasses(classes: readonly string[], { target, positiveClass }: TargetOptions): readonly string[] {
  if (classes.length < 2) {
    const message = `target column "${target}" has only one class (${classes[0]}): there is nothing to learn`;
    throw new MlctlError("data", message, { hint: 'add rows of another class, or check "ingest.where"' });
  }
  if (positiveClass === null) return classes;
  const positive = classes[classReader(classes)(positiveClass) ?? -1];
  if (positive === undefined) {
    const message = `positive_class "${positiveClass}" is not a class of "${target}": ${classes.join(", ")}`;
    throw new MlctlError("data", message, { hint: 'set "positive_class" to one of them' });
  }
  return classes.length === 2 ? [...classes.filter((label) => label !== positive), positive] : classes;
}

/** Fewer values or rows look ordered by chance. */
const MIN_VALUES = 5;
const MIN_ROWS = 30;
/** The most frequent value must be this much more frequent than the least frequent: balanced classes are flat. */
const PEAK = 1.5;

/** A word of the column's name that means an amount or a rating. */
const amounts = /^(ratings?|scores?|stars?|quality|grades?|satisfaction|counts?|points|likes?)$/i;

/**
 * Ratings and counts become rarer on both sides of one most frequent value; class codes have frequencies in any order.
 * @param counts number of rows by value, in ascending order of the values
 */
export function looksOrdered(name: string, counts: readonly number[]): boolean {
  const words = name.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/);
  if (counts.length > 2 && words.some((word) => amounts.test(word))) return true;
  const rows = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length < MIN_VALUES || rows < MIN_ROWS) return false;
  const most = Math.max(...counts);
  const peak = counts.indexOf(most);
  const isFalling = (count: number, i: number): boolean =>
    i <= peak ? count >= counts[i - 1]! : count <= counts[i - 1]!;
  const hasOnePeak = counts.every((count, i) => i === 0 || isFalling(count, i));
  return hasOnePeak && most >= PEAK * Math.min(...counts);
}
