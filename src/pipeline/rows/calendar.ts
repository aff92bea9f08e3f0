/** Times whose year, month, day and hour are columns of their own. */
import type { Column, NumberColumn, Table } from "../../core/table/table.ts";

const parts = [/^(year|yr)$/i, /^(month|mnth|mon)$/i, /^(day|(day|date)_of_month|mday)$/i, /^(hour|hr)$/i] as const;
/** In place of the month. */
const QUARTER = /^(quarter|qtr)$/i;
export const MONTHS_A_QUARTER = 3;
const WEEKDAY = /^(day_?of_?week|week_?day|dow)$/i;
/** Times that a day of the week comes in before what it is called is known. */
const LEAST_WEEKS = 3;

export interface TimeOrder {
  /** For messages: "dteday", or "year, month, day". */
  readonly name: string;
  /** Epoch milliseconds, (n_samples). */
  readonly times: Float64Array;
}

/** Whether a column is called as a part of a time. */
export function isPartOfTime(name: string): boolean {
  return [...parts, QUARTER, WEEKDAY].some((pattern) => pattern.test(name));
}

interface Calendar extends TimeOrder {
  readonly columns: readonly NumberColumn[];
  /** The second column has quarters, not months. */
  readonly isQuarterly: boolean;
}

/** Year, month, day and hour in columns of their own, or year and quarter, then fewer of them; without a day only years that can be some. */
export function calendar(table: Table): Calendar[] {
  const columnOf = (pattern: RegExp): NumberColumn | undefined =>
    table.columns.find((each): each is NumberColumn => each.kind === "number" && pattern.test(each.name));
  const [years, months, ...rest] = parts.map(columnOf);
  const quarters = months === undefined ? columnOf(QUARTER) : undefined;
  const found = quarters === undefined ? [years, months, ...rest] : [years, quarters];
  const end = found.indexOf(undefined);
  const columns = found.slice(0, end < 0 ? found.length : end) as NumberColumn[];
  const fewest = columns[0]?.values.every(mayBeYear) === true ? 1 : 3;
  const counts = columns.map((_, i) => columns.length - i).filter((count) => count >= fewest);
  return counts.map((count) => {
    const own = columns.slice(0, count);
    const [year, month, day, hour] = own.map(({ values }) => values);
    const length = quarters === undefined ? 1 : MONTHS_A_QUARTER;
    const times = year!.map((value, row) =>
      Date.UTC(value, ((month?.[row] ?? 1) - 1) * length, day?.[row] ?? 1, hour?.[row] ?? 0),
    );
    return { name: own.map(({ name }) => name).join(", "), times, columns: own, isQuarterly: quarters !== undefined };
  });
}

/** Also of two digits, as in 1963 to 1992. */
function mayBeYear(value: number): boolean {
  return Number.isInteger(value) && ((value >= 1000 && value <= 2100) || (value >= 50 && value <= 99));
}

function quarterOf(time: number): number {
  return Math.floor(new Date(time).getUTCMonth() / MONTHS_A_QUARTER) + 1;
}

/** The year, month (or quarter), day or hour of a time. */
export function timePart(time: number, part: number, isQuarterly = false): number {
  const date = new Date(time);
  if (part === 1 && isQuarterly) return quarterOf(time);
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours()][part]!;
}

/** @returns what a column that follows from the time is at other times; undefined if it does not */
export function continued(
  { kind, name, ...column }: Column,
  times: Float64Array,
): ((time: number) => number | undefined) | undefined {
  if (kind !== "number" || !("values" in column)) return undefined;
  const part = parts.findIndex((pattern) => pattern.test(name));
  if (part >= 0 && column.values.every((value, row) => value === timePart(times[row]!, part)))
    return (time) => timePart(time, part);
  if (QUARTER.test(name) && column.values.every((value, row) => value === quarterOf(times[row]!))) return quarterOf;
  if (!WEEKDAY.test(name)) return undefined;
  const days = Map.groupBy(column.values.keys(), (row) => new Date(times[row]!).getUTCDay());
  const called = new Map(
    [...days].map(([day, rows]) => [day, { values: new Set(rows.map((row) => column.values[row]!)), rows }]),
  );
  if ([...called.values()].some(({ values, rows }) => values.size > 1 || rows.length < LEAST_WEEKS)) return undefined;
  return (time) => called.get(new Date(time).getUTCDay())?.values.values().next().value;
}
