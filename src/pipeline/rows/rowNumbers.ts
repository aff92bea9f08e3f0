/** Finds columns that number the rows: the index that pandas' to_csv and R's write.csv leave, or a counter. */
import type { Column, Table } from "../../core/table/table.ts";

/** In fewer rows, values that count up may be measurements. */
const MIN_ROWS = 20;
/** Share of steps that must be one; rows may have been removed from the file since they were numbered. */
const STEPS_OF_ONE = 0.9;

/** Names of row numbers, also if the rows were shuffled later. column_1 is what ingest calls a nameless column. */
const numberNames =
  /^(|unnamed: ?\d+|column_?\d+|__index_level_\d+__|index|(row[ _.-]?)?(no|nr|num|number|names?|index)\.?|row[ _.-]?id|rows?|instant|order|#)$/i;

/** Names of time: a year, a month or a day that counts up is a feature. */
const timeNames = /year|month|week|day|date|time|period|quarter|hour|jahr|monat|tag/i;

/**
 * Such a column reveals the order of the file and nothing about a new row.
 * @param table all rows in file order
 * @returns names of the columns with integers that count up by one from row to row (a few may be missing), and of those
 *   with the name of a row number if they are dense and all different, in any order
 */
export function rowNumbers(table: Table): string[] {
  const isGrid = table.columns.some(({ name }) => /^col(umn)?s?$/i.test(name));
  return table.columns.filter((column) => isRowNumber(column, isGrid)).map(({ name }) => name);
}

/** @param isGrid a row is a place beside a column */
function isRowNumber(column: Column, isGrid: boolean): boolean {
  if (column.kind !== "number" || column.values.length < MIN_ROWS) return false;
  const { name, values } = column;
  if (countsUp(values)) return !timeNames.test(name);
  return numberNames.test(name.trim()) && !(isGrid && /^rows?$/i.test(name)) && isDense(values);
}

function countsUp(values: Float64Array): boolean {
  let ones = 0;
  for (let row = 1; row < values.length; row++) {
    const step = values[row]! - values[row - 1]!;
    if (!(step >= 1) || !Number.isInteger(step)) return false;
    if (step === 1) ones++;
  }
  return Number.isInteger(values[0]!) && ones >= STEPS_OF_ONE * (values.length - 1);
}

/** Different integers that use at least half of their range, or runs that count up and start again, as in joined files. */
function isDense(values: Float64Array): boolean {
  const distinct = new Set<number>();
  let [minimum, maximum, steps] = [Infinity, -Infinity, 0];
  for (const [row, value] of values.entries()) {
    if (!Number.isInteger(value)) return false;
    distinct.add(value);
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    if (row > 0 && value === values[row - 1]! + 1) steps++;
  }
  if (distinct.size === values.length) return maximum - minimum + 1 <= 2 * values.length;
  return steps >= STEPS_OF_ONE * (values.length - 1);
}
