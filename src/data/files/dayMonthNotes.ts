/** Notes on columns kept as text because the order of day and month in their dates is unknown. */
import { dayMonthHint, type DayMonthDates } from "../../core/text/dayMonthDate.ts";
import { selectHint } from "../../core/text/selectHint.ts";
import type { LoadedFile, ReadOptions } from "../readOptions.ts";

/** One note per column, except for columns that `types` or `select` handles. */
export function dayMonthNotes(files: readonly LoadedFile[], options: ReadOptions): string[] {
  const { types = {}, select = {}, textColumns = [] } = options;
  const settled = new Set([...textColumns, ...Object.keys(types), ...Object.keys(select)].map(lowerCase));
  const found = new Map<string, DayMonthDates>();
  for (const { columns } of files) {
    for (const { name, type, dayMonth } of columns) {
      if (dayMonth === undefined || type !== "VARCHAR" || settled.has(lowerCase(name))) continue;
      const earlier = found.get(name);
      found.set(name, earlier === undefined ? dayMonth : merged(earlier, dayMonth));
    }
  }
  const notes = [...found].flatMap(([name, dates]) => {
    const hint = dayMonthHint(name, dates);
    return hint === undefined
      ? []
      : [`column "${name}" has dates such as "${dates.example}" and was kept as text; ${hint}`];
  });
  return [...notes, ...earlyYearNotes(files, settled)];
}

/** Notes on dates that were read with the day as the year. */
function earlyYearNotes(files: readonly LoadedFile[], settled: ReadonlySet<string>): string[] {
  const found = new Map<string, string>();
  for (const { columns } of files) {
    for (const { name, earlyYear } of columns)
      if (earlyYear !== undefined && !settled.has(lowerCase(name))) found.set(name, earlyYear);
  }
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

function lowerCase(name: string): string {
  return name.toLowerCase();
}
