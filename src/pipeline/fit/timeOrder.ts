/** Finds the time by which a file is sorted, if no time column is configured. */
import { findColumn } from "../../core/table/findColumn.ts";
import type { Table } from "../../core/table/table.ts";

/** With fewer rows or times a sorted column says little. */
const MIN_ROWS = 30;
const MIN_TIMES = 10;

/** Columns that together are a time, e.g. year, month, day and hour. */
const parts = [/^(year|yr)$/i, /^(month|mnth|mon)$/i, /^(day|day_of_month|mday)$/i, /^(hour|hr)$/i] as const;

export interface TimeOrder {
  /** For messages: "dteday", or "year, month, day". */
  readonly name: string;
  /** Epoch milliseconds, (n_samples), never decreasing. */
  readonly times: Float64Array;
}

/**
 * The rows of such a file came one after the other, and a model predicts later ones: a random split would validate on
 * rows between those that it trains on, which is easier.
 * @param table in file order
 */
export function timeOrder(table: Table): TimeOrder | undefined {
  const dates = table.columns.flatMap((column) =>
    column.kind === "date" ? [{ name: column.name, times: column.values }] : [],
  );
  return [...dates, ...calendar(table)].find(({ times }) => isInOrder(times));
}

function isInOrder(times: Float64Array): boolean {
  if (times.length < MIN_ROWS) return false;
  let distinct = 1;
  for (let row = 1; row < times.length; row++) {
    const [before, now] = [times[row - 1]!, times[row]!];
    if (!(now >= before)) return false; // also without a time
    if (now > before) distinct++;
  }
  return distinct >= MIN_TIMES;
}

/** At least year, month and day in columns of their own. */
function calendar(table: Table): TimeOrder[] {
  const columns = parts.flatMap((pattern) => {
    const name = table.columns.find((column) => column.kind === "number" && pattern.test(column.name))?.name;
    const column = name === undefined ? undefined : findColumn(table, name);
    return column === undefined || column.kind === "category" ? [] : [column];
  });
  if (columns.length < 3 || !parts[2].test(columns[2]!.name)) return [];
  const [year, month, day, hour] = columns;
  const times = year!.values.map((value, row) =>
    Date.UTC(value, month!.values[row]! - 1, day!.values[row]!, hour?.values[row] ?? 0),
  );
  return [{ name: columns.map(({ name }) => name).join(", "), times }];
}
