/** Date parts: extracts year, month, day and so on from a date, as numbers. */
import { param } from "../core/paramSpec.ts";
import { columnTensor, graphColumn, scalar, type GraphBuilder } from "../core/onnx.ts";
import type { DateColumn } from "../core/table/table.ts";
import { MILLISECONDS_A_DAY } from "../core/text/format.ts";
import { columnTransform, mapValues } from "./mapColumns.ts";

type Part = "year" | "quarter" | "month" | "day" | "day_of_week" | "is_weekend" | "hour" | "days_since_1970";

/** Parts in UTC; NaN gives NaN. */
const partOf: Record<Part, (ms: number) => number> = {
  year: (ms) => new Date(ms).getUTCFullYear(),
  quarter: (ms) => Math.floor(new Date(ms).getUTCMonth() / 3) + 1,
  month: (ms) => new Date(ms).getUTCMonth() + 1,
  day: (ms) => new Date(ms).getUTCDate(),
  /** Monday is 0, as in pandas; 1970-01-01 was a Thursday. */
  day_of_week: (ms) => modulo(Math.floor(ms / MILLISECONDS_A_DAY) + 3, 7),
  is_weekend: (ms) => (Number.isNaN(ms) ? NaN : partOf.day_of_week(ms) >= 5 ? 1 : 0),
  hour: (ms) => modulo(Math.floor(ms / 3_600_000), 24),
  /** With the fraction of the day; models a trend. */
  days_since_1970: (ms) => ms / MILLISECONDS_A_DAY,
};

const parts = Object.keys(partOf) as Part[];

/** Rows to predict are later than training rows: splits on days_since_1970 replace splits that would generalise. */
const defaultParts = parts.filter((part) => part !== "days_since_1970");

type FittedDate = {
  readonly name: string;
  readonly parts: readonly { readonly part: Part; readonly name: string }[];
};

/** Removes the date column. A constant date gives no column unless `parts` is set. */
export const dateParts = columnTransform<
  { readonly columns: readonly FittedDate[] },
  "date",
  { parts: readonly Part[] | null; prefix: string | null }
>({
  type: "date_parts",
  description: "replaces a date by its year, month, day, day of week (Monday 0), hour and so on",
  kind: "date",
  options: [
    param(
      "parts",
      { type: "choices", default: null, choices: parts },
      "parts to extract; default: those that vary in training, except days_since_1970",
    ),
    param(
      "prefix",
      { type: "text", default: null },
      "prefix of each part's name; default: none for one date column, <name>_ for several",
    ),
  ],
  fit(dates, read, { table }) {
    const fitted = dates.map((column) => ({
      column: column.name,
      chosen: read.parts ?? defaultParts.filter((part) => varies(column, part)),
    }));
    const others = new Set(
      table.columns.filter((column) => !dates.includes(column as DateColumn)).map(({ name }) => name),
    );
    const isTaken = fitted.some(({ chosen }) => chosen.some((part) => others.has(part)));
    const isPrefixed = read.prefix === null && (dates.length > 1 || isTaken);
    const nameOf = (column: string, part: Part): string =>
      isPrefixed ? `${column}_${part}` : `${read.prefix ?? ""}${part}`;
    return {
      columns: fitted.map(({ column, chosen }) => ({
        name: column,
        parts: chosen.map((part) => ({ part, name: nameOf(column, part) })),
      })),
    };
  },
  outputs: (fitted) => fitted.parts.map(({ name }) => name),
  replace: (fitted) => (column) => fitted.parts.map(({ part, name }) => mapValues(column, partOf[part], name)),
  /** Adds all parts; those that are not used are removed from the graph later. */
  toOnnx(graph, from, fitted) {
    const made: Record<Part, string> = dateNodes(graph, columnTensor(graph, from));
    return fitted.parts.map(({ part, name }) => graphColumn(name, made[part]));
  },
});

function varies(column: DateColumn, part: Part): boolean {
  let first = NaN;
  for (const ms of column.values) {
    const value = partOf[part](ms);
    if (Number.isNaN(first)) first = value;
    else if (!Number.isNaN(value) && value !== first) return true;
  }
  return false;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

/** All parts by the name that date_parts gives them. */
export function dateNodes(graph: GraphBuilder, milliseconds: string) {
  const { plus, over, floor, remainder, choose } = arithmetic(graph);
  const daysSince1970 = over(milliseconds, MILLISECONDS_A_DAY);
  const days = floor(daysSince1970);
  const { year, month, day } = civilDate(graph, days);
  const dayOfWeek = remainder(plus(days, 3), 7);
  const isWeekend = choose(graph.add("Less", [dayOfWeek, scalar(graph, 5)]), scalar(graph, 0), scalar(graph, 1));
  return {
    year,
    month,
    day,
    quarter: plus(floor(over(plus(month, -1), 3)), 1),
    day_of_week: dayOfWeek,
    // A missing date stays missing (NaN).
    is_weekend: choose(graph.add("IsNaN", [dayOfWeek]), dayOfWeek, isWeekend),
    hour: remainder(floor(over(milliseconds, 3_600_000)), 24),
    days_since_1970: daysSince1970,
  };
}

/**
 * The Gregorian calendar by arithmetic, with years starting in March.
 * @see Hinnant, chrono-Compatible Low-Level Date Algorithms, civil_from_days
 */
function civilDate(graph: GraphBuilder, days: string): Record<"year" | "month" | "day", string> {
  const { plus, times, over, floor, minus, choose } = arithmetic(graph);
  const shifted = plus(days, 719_468);
  const era = floor(over(shifted, 146_097));
  const dayOfEra = minus(shifted, times(era, 146_097));
  const leapDays = minus(
    minus(floor(over(dayOfEra, 1460)), floor(over(dayOfEra, 36_524))),
    times(floor(over(dayOfEra, 146_096)), -1),
  );
  const yearOfEra = floor(over(minus(dayOfEra, leapDays), 365));
  const before = minus(
    graph.add("Add", [times(yearOfEra, 365), floor(over(yearOfEra, 4))]),
    floor(over(yearOfEra, 100)),
  );
  const dayOfYear = minus(dayOfEra, before);
  const monthFromMarch = floor(over(plus(times(dayOfYear, 5), 2), 153));
  const day = plus(minus(dayOfYear, floor(over(plus(times(monthFromMarch, 153), 2), 5))), 1);
  const isFromMarch = graph.add("Less", [monthFromMarch, scalar(graph, 10)]);
  const year = graph.add("Add", [yearOfEra, times(era, 400)]);
  return {
    day,
    month: choose(isFromMarch, plus(monthFromMarch, 3), plus(monthFromMarch, -9)),
    year: choose(isFromMarch, year, plus(year, 1)),
  };
}

function arithmetic(graph: GraphBuilder) {
  const floor = (value: string): string => graph.add("Floor", [value]);
  const over = (value: string, by: number): string => graph.add("Div", [value, scalar(graph, by)]);
  const times = (value: string, by: number): string => graph.add("Mul", [value, scalar(graph, by)]);
  const minus = (from: string, value: string): string => graph.add("Sub", [from, value]);
  return {
    floor,
    over,
    times,
    minus,
    plus: (value: string, by: number): string => graph.add("Add", [value, scalar(graph, by)]),
    remainder: (value: string, by: number): string => minus(value, times(floor(over(value, by)), by)),
    choose: (condition: string, yes: string, no: string): string => graph.add("Where", [condition, yes, no]),
  };
}
