/** Encodes the labels of rows to score with the class codes of a trained model. */
import {
  cellText,
  findColumn,
  type Signature,
  type TargetSpec,
  type Column,
  type Table,
  categoryColumn,
  LARGEST_FLOAT32,
} from "../../core/table/table.ts";
import { MlctlError } from "../../core/errors.ts";
import { listed } from "../../core/text/format.ts";
import { suggest } from "../../core/text/suggest.ts";
import { type CellParser, parseNumber } from "../../core/text/valueFormat.ts";
import { cellParserOf } from "./conformTable.ts";
import { categoryOfNumber, otherSpelling, labelKey } from "./otherSpelling.ts";

/**
 * Skips rows without a label.
 * @returns the labels as numbers, and the positions of their rows
 * @throws {MlctlError} kind "data" for a missing target column, an unknown class, or text in a regression target
 */
export function encodeLabels(table: Table, signature: Pick<Signature, "reading" | "target">) {
  const { target } = signature;
  const parse = cellParserOf(signature, target.name, "number");
  const column = findColumn(table, target.name);
  if (column === undefined) {
    const names = table.columns.map(({ name }) => name);
    const near = suggest(target.name, names);
    const available = `available columns: ${names.slice(0, 20).join(", ")}`;
    const hint = near === undefined ? available : `did you rename it to "${near}"?`;
    throw new MlctlError("data", `the data has no target column "${target.name}", so it cannot be scored`, { hint });
  }
  const codeOf = classReader(target.classes ?? []);
  const y: number[] = [];
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const text = cellText(column, row);
    if (text === null) continue;
    const value = target.classes === undefined ? targetNumber(column, row, parse) : codeOf(text);
    if (Number.isNaN(value)) continue;
    if (value === undefined) throw unknownLabel({ target, text, row });
    if (!(Math.abs(value) <= LARGEST_FLOAT32)) throw targetTooLarge(target.name, value, row);
    y.push(value);
    rows.push(row);
  }
  if (rows.length === 0) {
    const message = `target column "${target.name}" has no value in any row`;
    throw new MlctlError("data", message, { hint: "scoring needs rows with a label" });
  }
  return { y: Float64Array.from(y), rows: Int32Array.from(rows) };
}

/**
 * The code of a label: of the class that is written so, in another spelling of it (see otherSpelling), or as another
 * numeral for the same number, if there is one such class.
 */
export function classReader(classes: readonly string[]): (label: string) => number | undefined {
  const codeOf = new Map<string, number | undefined>(classes.map((label, code) => [label, code]));
  const spelling = otherSpelling(classes);
  const ofNumber = categoryOfNumber(classes);
  const byNumber = (label: string): string | undefined => {
    const number = parseNumber(label);
    return number === undefined || Number.isNaN(number) ? undefined : ofNumber(number);
  };
  return (label) => {
    if (!codeOf.has(label)) codeOf.set(label, codeOf.get(spelling(label) ?? byNumber(label) ?? label));
    return codeOf.get(label);
  };
}

/** The value at `row`, which must not be missing; NaN for a string that means missing, undefined for no number. */
export function targetNumber(column: Column, row: number, parse: CellParser): number | undefined {
  return column.kind === "category" ? parse(column.categories[column.codes[row]!]!) : column.values[row]!;
}

/** @param row position in the dataset, from 0 */
export function targetTooLarge(target: string, value: number, row: number): MlctlError {
  const message = `target column "${target}" is ${value} in data row ${row + 1}: models take numbers up to ±3.4e38`;
  return new MlctlError("data", message, { hint: 'correct the row, or leave it out with "ingest.where"' });
}

/** More labels in an error hide what is wrong. */
const MOST_LABELS = 20;

function unknownLabel({ target, text, row }: { target: TargetSpec; text: string; row: number }): MlctlError {
  const expected = target.classes === undefined ? "a number" : `one of ${listed(target.classes, MOST_LABELS)}`;
  const place = `target column "${target.name}" contains ${JSON.stringify(text)} in data row ${row + 1}`;
  const twin = target.classes?.find((label) => labelKey(label) === labelKey(text));
  const why = twin === undefined ? "" : `${JSON.stringify(twin)} differs from it only in case or blanks: `;
  const hint = `the model was trained on other labels: ${why}correct the row, or train again`;
  return new MlctlError("data", `${place}, expected ${expected}`, { hint });
}

export function predictionColumn({ classes }: TargetSpec, yPred: Float64Array): Column {
  if (classes === undefined) return { kind: "number", name: "prediction", values: yPred };
  const labels = Array.from(yPred, (code) => classes[code]!);
  return categoryColumn("prediction", labels);
}
