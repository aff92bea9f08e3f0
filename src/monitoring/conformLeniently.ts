/** Converts a batch to the columns that a model was trained on. Reports what does not fit instead of failing. */
import { cellText, findColumn, type ColumnSpec, type Signature, type Column, type Table } from "../core/table/table.ts";
import { MlctlError } from "../core/errors.ts";
import { cellParserOf, conformTable } from "../pipeline/rows/conformTable.ts";

/** Cells that cannot be read as numbers or dates count as missing; `rows` has 1 for each of them. */
interface InvalidValues {
  readonly rows: Uint8Array;
  readonly example: string;
}

export interface ConformedBatch {
  /** The model's inputs that the batch has, in the model's order. */
  readonly inputs: Table;
  readonly missingColumns: readonly string[];
  readonly invalid: ReadonlyMap<string, InvalidValues>;
}

export function conformLeniently(table: Table, signature: Signature): ConformedBatch {
  const invalid = new Map<string, InvalidValues>();
  const missingColumns: string[] = [];
  const columns = signature.inputs.flatMap((spec): Column[] => {
    const column = findColumn(table, spec.name);
    if (column === undefined) {
      missingColumns.push(spec.name);
      return [];
    }
    const alone = { rowCount: table.rowCount, columns: [column] };
    try {
      return [...conformTable(alone, { ...signature, inputs: [spec] }).columns];
    } catch (error) {
      if (!(error instanceof MlctlError)) throw error;
      const read = readable(column, spec, signature);
      invalid.set(spec.name, read.invalid);
      return [read.column];
    }
  });
  return { inputs: { rowCount: table.rowCount, columns }, missingColumns, invalid };
}

/** Reads text as numbers or dates, cell by cell; unreadable cells become missing and are reported as invalid. */
function readable(column: Column, { kind, name }: ColumnSpec, signature: Signature) {
  const readKind = kind === "date" ? "date" : "number";
  // Only text is parsed: a date is never taken for a number, nor a number for a date.
  const isText = column.kind === "category";
  const parsed = isText ? column.categories.map(cellParserOf(signature, name, readKind)) : [];
  const codes = isText ? column.codes : Int32Array.from(column.values, (value) => (Number.isNaN(value) ? -1 : 0));
  const rows = Uint8Array.from(codes, (code) => Number(code >= 0 && parsed[code] === undefined));
  const first = rows.indexOf(1);
  const values = Float64Array.from(codes, (code) => parsed[code] ?? NaN);
  const read: Column = { kind: readKind, name, values };
  return { column: read, invalid: { rows, example: first < 0 ? "" : (cellText(column, first) ?? "") } };
}
