/** Notes on columns whose numbers or dates have a format that is not recognised, or may have been misread. */
import { dayMonthHint, type DayMonthDates } from "../../core/text/dayMonthDate.ts";
import { decimalCommaHint } from "../../core/text/decimalComma.ts";
import { selectHint } from "../../core/text/selectHint.ts";
import type { LoadedColumn, LoadedFile, ReadOptions } from "../readOptions.ts";

/** One note per column and problem, except for columns that `types` or `select` handles. */
export function formatNotes(files: readonly LoadedFile[], options: ReadOptions): string[] {
  const { types = {}, select = {}, textColumns = [] } = options;
  const handled = new Set(
    [...textColumns, ...Object.keys(types), ...Object.keys(select)].map((name) => name.toLowerCase()),
  );
  const columns = files.flatMap((file) => file.columns).filter(({ name }) => !handled.has(name.toLowerCase()));
  const found = [...decimalCommaNotes(columns), ...dayMonthNotes(columns), ...earlyYearNotes(columns)];
  return [...digitNotes(columns), ...found];
}

/** Numbers that were kept as text. */
export function digitNotes(columns: readonly Pick<LoadedColumn, "name" | "digits">[]): string[] {
  const found = new Map<string, string>();
  for (const { name, digits } of columns) if (digits !== undefined && !found.has(name)) found.set(name, digits);
  return [...found].map(([name, example]) => {
    const types = JSON.stringify({ [name]: "number" });
    return `column "${name}" would lose digits as a number ("${example}") and was kept as text: for rounded numbers, set "ingest.types": ${types} in config.json`;
  });
}

function decimalCommaNotes(columns: readonly LoadedColumn[]): string[] {
  const found = new Map<string, string>();
  for (const { name, type, decimalComma } of columns)
    if (decimalComma !== undefined && type === "VARCHAR" && !found.has(name)) found.set(name, decimalComma);
  return [...found].map(
    ([name, example]) =>
      `column "${name}" has a decimal comma ("${example}") and was kept as text: for numbers, ${decimalCommaHint(name)}`,
  );
}

/** Dates whose order of day and month is unknown. */
function dayMonthNotes(columns: readonly LoadedColumn[]): string[] {
  const found = new Map<string, DayMonthDates>();
  for (const { name, type, dayMonth } of columns) {
    if (dayMonth === undefined || type !== "VARCHAR") continue;
    const earlier = found.get(name);
    found.set(name, earlier === undefined ? dayMonth : merged(earlier, dayMonth));
  }
  return [...found].flatMap(([name, dates]) => {
    const hint = dayMonthHint(name, dates);
    return hint === undefined
      ? []
      : [`column "${name}" has dates such as "${dates.example}" and was kept as text; ${hint}`];
  });
}

/** Dates that were read with the day as the year. */
function earlyYearNotes(columns: readonly LoadedColumn[]): string[] {
  const found = new Map<string, string>();
  for (const { name, earlyYear } of columns) if (earlyYear !== undefined) found.set(name, earlyYear);
  return [...found].map(([name, date]) => {
    const select = selectHint(name, (column) => `CAST(strptime(${column}, '%d-%m-%y') AS DATE)`);
    const types = JSON.stringify({ [name]: "category" });
    return `column "${name}" has dates in the first century ("${date}"): if the files use two-digit years, set "ingest.types": ${types} and, with day, month and year in the order of the files, ${select.replace("set ", "")}`;
  });
}

function merged(one: DayMonthDates, other: DayMonthDates): DayMonthDates {
  return {
    example: one.example,
    first: Math.max(one.first, other.first),
    second: Math.max(one.second, other.second),
    forms: [...new Set([...one.forms, ...other.forms])].toSorted(),
  };
}
