/** Encodes the labels of rows to score with the class codes of a trained model. */
import { cellText } from "../../core/table/cellText.ts";
import { LARGEST_FLOAT32 } from "../../core/largestFloat32.ts";
import { MlctlError } from "../../core/errors.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import type { TargetSpec } from "../../core/table/signature.ts";
import { suggest } from "../../core/text/suggest.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { parseNumber } from "../../core/text/parseNumber.ts";

/** Labels of the rows that have one, and the positions of these rows. */
export interface EncodedLabels {
  readonly y: Float64Array;
  readonly rows: Int32Array;
}

/**
 * Skips rows without a label.
 * @throws {MlctlError} kind "data" for a missing target column, an unknown class, or text in a regression target
 */
export function encodeLabels(table: Table, target: TargetSpec): EncodedLabels {
  const column = findColumn(table, target.name);
  if (column === undefined) {
    const names = table.columns.map(({ name }) => name);
    const near = suggest(target.name, names);
    throw new MlctlError("data", `the data has no target column "${target.name}", so it cannot be scored`, {
      hint:
        near === undefined ? `available columns: ${names.slice(0, 20).join(", ")}` : `did you rename it to "${near}"?`,
    });
  }
  const codeOf = new Map((target.classes ?? []).map((label, code) => [label, code]));
  const y: number[] = [];
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const text = cellText(column, row);
    if (text === null) continue;
    const value = target.classes === undefined ? targetNumber(column, row) : codeOf.get(text);
    if (value === undefined) throw unknownLabel({ target, text, row });
    if (!(Math.abs(value) <= LARGEST_FLOAT32)) throw targetTooLarge(target.name, value, row);
    y.push(value);
    rows.push(row);
  }
  if (rows.length === 0) {
    throw new MlctlError("data", `target column "${target.name}" has no value in any row`, {
      hint: "scoring needs rows with a label",
    });
  }
  return { y: Float64Array.from(y), rows: Int32Array.from(rows) };
}

/** A regression target: the value at `row`, which must not be missing; undefined if it is a string that is not a number. */
export function targetNumber(column: Column, row: number): number | undefined {
  if (column.kind !== "category") return column.values[row]!;
  const value = parseNumber(column.categories[column.codes[row]!]!);
  return Number.isNaN(value) ? undefined : value;
}

/** @param row position in the dataset, from 0 */
export function targetTooLarge(target: string, value: number, row: number): MlctlError {
  const message = `target column "${target}" is ${value} in data row ${row + 1}: models take numbers up to ±3.4e38`;
  return new MlctlError("data", message, { hint: 'correct the row, or leave it out with "ingest.where"' });
}

function unknownLabel({ target, text, row }: { target: TargetSpec; text: string; row: number }): MlctlError {
  const expected = target.classes === undefined ? "a number" : `one of ${target.classes.join(", ")}`;
  const place = `target column "${target.name}" contains ${JSON.stringify(text)} in data row ${row + 1}`;
  return new MlctlError("data", `${place}, expected ${expected}`, {
    hint: "the model was trained on other labels: correct the row, or train again",
  });
}
