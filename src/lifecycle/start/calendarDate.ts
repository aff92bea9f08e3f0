/** Year, month and day in columns of their own: together they are the time of a series. */
import type { Table } from "../../core/table/table.ts";
import { listed } from "../../core/text/format.ts";
import { calendar } from "../../pipeline/fit/splitRows.ts";
import { timeOfSeries } from "../../pipeline/rows/findSeries.ts";

const NAME = "date";

/**
 * @returns the table with the column "date", its expression for `ingest.select`, and a note; undefined if the table has
 *   dates already, or if these are not the times of regular series
 */
export function withCalendarDate(inputs: Table) {
  if (inputs.columns.some(({ kind, name }) => kind === "date" || name.toLowerCase() === NAME)) return undefined;
  for (const { columns, times } of calendar(inputs)) {
    if (columns.length < 2 || !columns.every(({ values }, part) => values.every(isPart(times, part)))) continue;
    const table = { ...inputs, columns: [...inputs.columns, { kind: "date" as const, name: NAME, values: times }] };
    if (timeOfSeries(table)?.name !== NAME) continue;
    const [year, month, day = "1", hour] = columns.map(({ name }) => `"${name.replaceAll('"', '""')}"::INTEGER`);
    const [of, more] = hour === undefined ? ["make_date", ""] : ["make_timestamp", `, ${hour}, 0, 0`];
    const names = listed(columns.map(({ name }) => `"${name}"`));
    return {
      table,
      select: { [NAME]: `${of}(${year}, ${month}, ${day}${more})` },
      note: `${names} are one time: "${NAME}" is computed from them`,
    };
  }
  return undefined;
}

/** Whether a value is the year, month, day or hour of its time: Date turns month 13 into January. */
function isPart(times: Float64Array, part: number): (value: number, row: number) => boolean {
  return (value, row) => {
    const time = new Date(times[row]!);
    return value === [time.getUTCFullYear(), time.getUTCMonth() + 1, time.getUTCDate(), time.getUTCHours()][part];
  };
}
