/** The target column as numbers: values for regression, class codes for classification. */
import { cellText } from "../core/cellText.ts";
import { decimalCommaHint, hasDecimalComma } from "../core/decimalComma.ts";
import { MlctlError } from "../core/errors.ts";
import { findColumn } from "../core/findColumn.ts";
import type { TargetSpec } from "../core/signature.ts";
import { suggest } from "../core/suggest.ts";
import type { Column, Table } from "../core/table.ts";
import { targetNumber } from "./targetNumber.ts";

/** Whole numbers with more distinct values than this are quantities, not classes, unless the configuration says so. */
const MOST_INFERRED_CLASSES = 10;

/** What config.json says of the target. */
export interface TargetOptions {
  readonly target: string;
  /** Inferred from the values where null. */
  readonly task: "regression" | "classification" | null;
  /** Label of the class that binary metrics are about; the last one in order where null. */
  readonly positiveClass: string | null;
}

export interface EncodedTarget {
  readonly spec: TargetSpec;
  /** One entry for each of `rows`. */
  readonly y: Float64Array;
  /** Positions of the rows that have a target. */
  readonly rows: Int32Array;
  /** Rows without one. */
  readonly missing: number;
  /** Position of the first of them, or −1. */
  readonly firstMissing: number;
}

/**
 * Encodes the target of training data. Classes are sorted (as numbers if all are), the positive class comes last of two.
 * @throws {MlctlError} kind "data": no such column, no value, one class only, text where numbers are asked for
 */
export function encodeTarget(table: Table, options: TargetOptions): EncodedTarget {
  const column = targetColumn(table, options.target);
  const texts = Array.from({ length: table.rowCount }, (_, row) => cellText(column, row));
  const rows = presentRows(texts);
  const firstMissing = texts.indexOf(null);
  if (rows.length === 0) {
    throw new MlctlError("data", `target column "${options.target}" has no value in any row`, {
      hint: 'add rows whose outcome is known, or set "target" in config.json to another column',
    });
  }
  const distinct = sortLabels(new Set(rows.length === 0 ? [] : Array.from(rows, (row) => texts[row]!)));
  const classification = options.task === null ? looksLikeClasses(column, distinct) : options.task === "classification";
  const missing = { missing: table.rowCount - rows.length, firstMissing };
  if (!classification) {
    const y = Float64Array.from(rows, (row) => numberAt(column, row, options.target));
    return { spec: { name: options.target, task: "regression" }, y, rows, ...missing };
  }
  const classes = orderClasses(distinct, options);
  const codeOf = new Map(classes.map((label, code) => [label, code]));
  const y = Float64Array.from(rows, (row) => codeOf.get(texts[row]!)!);
  const task = classes.length === 2 ? "binary" : "multiclass";
  return { spec: { name: options.target, task, classes }, y, rows, ...missing };
}

function targetColumn(table: Table, target: string): Column {
  const column = findColumn(table, target);
  if (column !== undefined) return column;
  const names = table.columns.map(({ name }) => name);
  const near = suggest(target, names);
  throw new MlctlError("data", `the data has no target column "${target}"`, {
    hint: near
      ? `did you mean "${near}"? set "target" in config.json`
      : `its columns are ${names.slice(0, 20).join(", ")}`,
  });
}

function presentRows(texts: readonly (string | null)[]): Int32Array {
  const rows: number[] = [];
  texts.forEach((text, row) => {
    if (text !== null) rows.push(row);
  });
  return Int32Array.from(rows);
}

function sortLabels(distinct: ReadonlySet<string>): string[] {
  const numeric = [...distinct].every((text) => text.trim() !== "" && Number.isFinite(Number(text)));
  return [...distinct].toSorted((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : 1));
}

function looksLikeClasses(column: Column, distinct: readonly string[]): boolean {
  if (column.kind === "category" && distinct.length > MOST_INFERRED_CLASSES && distinct.every(hasDecimalComma)) {
    throw new MlctlError(
      "data",
      `target column "${column.name}" has a decimal comma ("${distinct[0]}"): text, not numbers`,
      {
        hint: `${decimalCommaHint(column.name)}, or set "task" to "classification"`,
      },
    );
  }
  if (column.kind !== "number") return column.kind === "category";
  if (distinct.length <= 2) return true;
  return distinct.length <= MOST_INFERRED_CLASSES && distinct.every((text) => Number.isInteger(Number(text)));
}

function numberAt(column: Column, row: number, target: string): number {
  const value = targetNumber(column, row);
  if (value !== undefined) return value;
  const text = cellText(column, row) ?? "";
  const how = hasDecimalComma(text) ? decimalCommaHint(target) : 'clean it with "ingest.select"';
  throw new MlctlError(
    "data",
    `target column "${target}" holds ${JSON.stringify(text)} in data row ${row + 1}, which is not a number`,
    { hint: `regression needs numbers: ${how}, or set "task" to "classification"` },
  );
}

function orderClasses(classes: readonly string[], { target, positiveClass }: TargetOptions): readonly string[] {
  if (classes.length < 2) {
    throw new MlctlError(
      "data",
      `target column "${target}" has one class only (${classes[0]}): there is nothing to learn`,
      {
        hint: "add rows of another class, or check ingest.where",
      },
    );
  }
  if (positiveClass === null) return classes;
  if (!classes.includes(positiveClass)) {
    throw new MlctlError(
      "data",
      `positive_class "${positiveClass}" is not a class of "${target}": ${classes.join(", ")}`,
      {
        hint: `set "positive_class" to one of them`,
      },
    );
  }
  return classes.length === 2 ? [...classes.filter((label) => label !== positiveClass), positiveClass] : classes;
}
