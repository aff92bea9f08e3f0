/** Tells several series in one table apart by the values of some columns. */
import { MlctlError } from "../core/errors.ts";
import { cellText } from "../core/table/cellText.ts";
import { findColumn } from "../core/table/findColumn.ts";
import type { Table } from "../core/table/table.ts";

/** The values of the `by` columns that a series has in common; empty if the table is one series. */
export type SeriesKey = readonly string[];

/** A string that is different for different keys. */
export function keyText(key: SeriesKey): string {
  return key.length === 1 ? key[0]! : JSON.stringify(key);
}

/**
 * @returns a function from row to its key as `keyText` writes it; undefined if a value is missing
 * @throws {MlctlError} kind "data" if a column is missing
 */
export function keyReader(table: Table, by: readonly string[]): (row: number) => string | undefined {
  const keyOf = keysOf(table, by);
  // One column, the usual case, needs no list for each row.
  const only = by.length === 1 ? findColumn(table, by[0]!)! : undefined;
  if (only !== undefined) return (row) => cellText(only, row) ?? undefined;
  if (by.length === 0) {
    const all = keyText([]);
    return () => all;
  }
  return (row) => {
    const key = keyOf(row);
    return key === undefined ? undefined : keyText(key);
  };
}

function keysOf(table: Table, by: readonly string[]): (row: number) => SeriesKey | undefined {
  const columns = by.map((name) => {
    const column = findColumn(table, name);
    if (column === undefined) throw new MlctlError("data", `column "${name}" is missing: it tells the series apart`);
    return column;
  });
  return (row) => {
    const key = columns.flatMap((column) => cellText(column, row) ?? []);
    return key.length === by.length ? key : undefined;
  };
}

export interface SeriesRows {
  readonly key: SeriesKey;
  /** Positions in the table, ascending. */
  readonly rows: readonly number[];
}

/** The series of a table in the order of their first rows; rows without a value of `by` belong to none. */
export function groupSeries(table: Table, by: readonly string[]): SeriesRows[] {
  const keyOf = keysOf(table, by);
  const textOf = keyReader(table, by);
  const groups = new Map<string, { readonly key: SeriesKey; readonly rows: number[] }>();
  for (let row = 0; row < table.rowCount; row++) {
    const text = textOf(row);
    if (text === undefined) continue;
    const group = groups.get(text);
    if (group === undefined) groups.set(text, { key: keyOf(row)!, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}

/** The series in a message: `store "S1", item "7"`. */
export function seriesName(by: readonly string[], key: SeriesKey): string {
  return by.map((name, i) => `${name} ${JSON.stringify(key[i])}`).join(", ");
}
