/** Compiles fitted transforms into a function from table to matrix, used by train, score, predict, serve and monitor. */
import { MlctlError } from "../core/errors.ts";
import type { Matrix } from "../core/table/matrix.ts";
import type { FittedTransform } from "../core/records/model.ts";
import { sliceRows } from "../core/table/selectRows.ts";
import type { Column, NumberColumn, Table } from "../core/table/table.ts";
import type { TableMap } from "../core/transform.ts";
import { requireTransform } from "./index.ts";

/** Rows transformed at a time, so that columns stay in the processor's cache and memory is bounded. */
const SLICE_ROWS = 4096;

/**
 * Builds all lookups once and returns the function from table to matrix.
 * @throws {MlctlError} kind "data" if this version does not support a transform of the model; when applied, kind "data"
 *   for a column that is missing or of another kind, and "usage" for text or dates that no transform converts to numbers
 */
export function compileTransforms(transforms: readonly FittedTransform[]): (table: Table) => Matrix {
  const maps = transforms.map(({ type, state }) => requireTransform(type).load(state));
  const apply: TableMap = (table) => maps.reduce((current, map) => map(current), table);
  let known: readonly string[] = [];
  return (table) => {
    // Avoids slices and sets for small tables, since a request with one row pays for each of them.
    const first = numberColumns(apply(table.rowCount <= SLICE_ROWS ? table : sliceRows(table, 0, SLICE_ROWS)));
    const columnNames = (known = sameNames(first, known) ? known : distinctNames(first));
    const values = new Float64Array(table.rowCount * columnNames.length);
    writeRows(values, first, 0);
    for (let start = SLICE_ROWS; start < table.rowCount; start += SLICE_ROWS) {
      writeRows(values, numberColumns(apply(sliceRows(table, start, start + SLICE_ROWS))), start);
    }
    return { rowCount: table.rowCount, columnNames, values };
  };
}

/** Features in training order, (n_samples × n_features). To transform many tables, call `compileTransforms` once instead. */
export function featureMatrix(table: Table, transforms: readonly FittedTransform[]): Matrix {
  return compileTransforms(transforms)(table);
}

function numberColumns(table: Table): NumberColumn[] {
  return table.columns.map((column) => (column.kind === "number" ? column : unsupported(column)));
}

function unsupported(column: Column): never {
  const [noun, type] = column.kind === "date" ? ["a date", "date_parts"] : ["text", "one_hot"];
  throw new MlctlError("usage", `column "${column.name}" is ${noun}, but models need numbers`, {
    hint: `add { "type": "${type}", "column": "${column.name}" } to features, or add it to drop_columns`,
  });
}

function sameNames(columns: readonly NumberColumn[], names: readonly string[]): boolean {
  return columns.length === names.length && columns.every((column, i) => column.name === names[i]);
}

function distinctNames(columns: readonly NumberColumn[]): string[] {
  const names = columns.map((column) => column.name);
  if (new Set(names).size < names.length) {
    const duplicate = names.find((name, i) => names.indexOf(name) < i);
    throw new MlctlError("usage", `two features are called "${duplicate}"`, {
      hint: "rename or drop one of the columns",
    });
  }
  return names;
}

function writeRows(values: Float64Array, columns: readonly NumberColumn[], firstRow: number): void {
  const width = columns.length;
  columns.forEach((column, position) => {
    const source = column.values;
    for (let i = 0, at = firstRow * width + position; i < source.length; i++, at += width) values[at] = source[i]!;
  });
}
