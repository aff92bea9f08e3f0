/** Date parts: extracts year, month, day and so on from a date, as numbers. */
import { param } from "../core/paramSpec.ts";
import { columnTensor, graphColumn } from "../core/onnx.ts";
import type { DateColumn } from "../core/table/table.ts";
import { MILLISECONDS_A_DAY } from "../core/text/duration.ts";
import { columnTransform } from "./columnTransform.ts";
import { mapValues } from "./mapColumns.ts";
import { dateNodes } from "./onnx/dateNodes.ts";

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
