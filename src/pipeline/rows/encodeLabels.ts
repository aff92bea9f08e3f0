/** Encodes the labels of rows to score with the class codes of a trained model. */
import { cellText } from "../../core/table/cellText.ts";
import { MlctlError } from "../../core/errors.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import type { Signature, TargetSpec } from "../../core/table/signature.ts";
import { suggest } from "../../core/text/suggest.ts";
import type { Column, Table } from "../../core/table/table.ts";
import type { CellParser } from "../../core/text/valueFormat.ts";
import { cellParserOf } from "./cellParserOf.ts";

/** Labels of the rows that have one, and the positions of these rows. */
export interface EncodedLabels {
  readonly y: Float64Array;
  readonly rows: Int32Array;
}

/**
 * Skips rows without a label.
 * @throws {MlctlError} kind "data" for a missing target column, an unknown class, or text in a regression target
 */
export function encodeLabels(table: Table, signature: Pick<Signature, "reading" | "target">): EncodedLabels {
  const { target } = signature;
  const parse = cellParserOf(signature, target.name, "number");
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
    const value = target.classes === undefined ? targetNumber(column, row, parse) : codeOf.get(text);
    if (Number.isNaN(value)) continue;
    if (value === undefined) throw unknownLabel({ target, text, row });
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

/**
 * A regression target: the value at `row`, which must not be missing; NaN for a string that means missing, undefined for
 * one that is not a number.
 */
export function targetNumber(column: Column, row: number, parse: CellParser): number | undefined {
  return column.kind === "category" ? parse(column.categories[column.codes[row]!]!) : column.values[row]!;
}

function unknownLabel({ target, text, row }: { target: TargetSpec; text: string; row: number }): MlctlError {
  const expected = target.classes === undefined ? "a number" : `one of ${target.classes.join(", ")}`;
  const place = `target column "${target.name}" contains ${JSON.stringify(text)} in data row ${row + 1}`;
  return new MlctlError("data", `${place}, expected ${expected}`, {
    hint: "the model was trained on other labels: correct the row, or train again",
  });
}
