/** Says which columns stay text because their dates name day and month in one order or the other. */
import { dayMonthHint, type DayMonthDates } from "../../core/text/dayMonthDate.ts";
import { selectHint } from "../../core/text/selectHint.ts";
import type { LoadedFile, ReadOptions } from "../readOptions.ts";

/** One note a column; none for a column that `types` or `select` deals with. */
export function dayMonthNotes(files: readonly LoadedFile[], options: ReadOptions): string[] {
  const { types = {}, select = {}, textColumns = [] } = options;
  const settled = new Set([...textColumns, ...Object.keys(types), ...Object.keys(select)].map(lowerCase));
  const found = new Map<string, DayMonthDates>();
  for (const { columns } of files) {
    for (const { name, type, dayMonth } of columns) {
      if (dayMonth === undefined || type !== "VARCHAR" || settled.has(lowerCase(name))) continue;
      const before = found.get(name);
      found.set(name, before === undefined ? dayMonth : together(before, dayMonth));
    }
  }
  const notes = [...found].flatMap(([name, dates]) => {
    const hint = dayMonthHint(name, dates);
    return hint === undefined ? [] : [`column "${name}" has dates such as "${dates.example}" and stays text; ${hint}`];
  });
  return [...notes, ...earlyYearNotes(files, settled)];
}

/** Dates that the reader took with the day for the year. */
function earlyYearNotes(files: readonly LoadedFile[], settled: ReadonlySet<string>): string[] {
  const found = new Map<string, string>();
  for (const { columns } of files) {
    for (const { name, earlyYear } of columns)
      if (earlyYear !== undefined && !settled.has(lowerCase(name))) found.set(name, earlyYear);
  }
  return [...found].map(([name, date]) => {
    const select = selectHint(name, (column) => `CAST(strptime(${column}, '%d-%m-%y') AS DATE)`);
    const types = JSON.stringify({ [name]: "category" });
    return `column "${name}" has dates of the first century ("${date}"): where the files write years of two digits, set "ingest.types": ${types} and, in their own order, ${select.replace("set ", "")}`;
  });
}

function together(one: DayMonthDates, other: DayMonthDates): DayMonthDates {
  return {
    example: one.example,
    first: Math.max(one.first, other.first),
    second: Math.max(one.second, other.second),
    forms: [...new Set([...one.forms, ...other.forms])].toSorted(),
  };
}

function lowerCase(name: string): string {
  return name.toLowerCase();
}
