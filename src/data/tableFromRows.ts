/** Turns a batch of rows into a table with columns of known kinds, and says which values do not fit. */
import { categoryColumn } from "../core/categoryColumn.ts";
import type { Json } from "../core/json.ts";
import type { Column, ColumnKind, Table } from "../core/table.ts";
import type { RowBatch } from "./rows.ts";
import { parseDate, parseNumber } from "./values.ts";

/** A value that is not of its column's kind; in the table it is missing. */
export interface ValueProblem {
  /** Position in the batch. */
  readonly row: number;
  readonly column: string;
  readonly reason: string;
}

export interface BatchTable {
  readonly table: Table;
  readonly problems: readonly ValueProblem[];
}

/**
 * @param kinds of the columns to take, e.g. a signature's inputs; a column the batch does not have is left out
 * @param nullValues texts that mean "missing"; the empty one if left out
 */
export function tableFromRows(
  batch: RowBatch,
  kinds: readonly { readonly name: string; readonly kind: ColumnKind }[],
  nullValues: readonly string[] = [""],
): BatchTable {
  const missing = new Set(nullValues);
  const problems: ValueProblem[] = [];
  const columns: Column[] = [];
  for (const { name, kind } of kinds) {
    const position = batch.columns.indexOf(name);
    if (position < 0) continue;
    const present = (value: Json | undefined): Json =>
      value === undefined || (typeof value === "string" && missing.has(value)) ? null : value;
    const values = batch.rows.map((row) => (row.problem === undefined ? present(row.values[position]) : null));
    if (kind === "category") {
      columns.push(categoryColumn(name, values.map(asText)));
      continue;
    }
    const read = kind === "number" ? parseNumber : parseDate;
    const numbers = new Float64Array(values.length).fill(Number.NaN);
    for (const [row, value] of values.entries()) {
      if (value === null) continue;
      const number = read(value);
      if (number === undefined) {
        problems.push({ row, column: name, reason: `${JSON.stringify(value)} is not a ${kind}` });
      } else numbers[row] = number;
    }
    columns.push({ kind, name, values: numbers });
  }
  problems.sort((a, b) => a.row - b.row);
  return { table: { rowCount: batch.rows.length, columns }, problems };
}

function asText(value: Json): string | null {
  if (value === null || typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
