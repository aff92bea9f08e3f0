/** Year, month and day in columns of their own: together they are the time of a series. */
import type { Table } from "../../core/table/table.ts";
import { listed } from "../../core/text/format.ts";
import { identifier } from "../../data/duckdb/duckdb.ts";
import { calendar, MONTHS_A_QUARTER, timePart } from "../../pipeline/rows/calendar.ts";
import { timeOfSeries } from "../../pipeline/rows/findSeries.ts";

const NAME = "date";

/**
 * @returns the table with the column "date", its expression for `ingest.select`, and a note; undefined if the table has
 *   dates already, or if these are not the times of regular series
 */
export function withCalendarDate(inputs: Table) {
  if (inputs.columns.some(({ kind, name }) => kind === "date" || name.toLowerCase() === NAME)) return undefined;
  for (const { columns, times, isQuarterly } of calendar(inputs)) {
    // Date turns month 13 into January.
    const isTime = columns.every(({ values }, part) =>
      values.every((value, row) => value === timePart(times[row]!, part, isQuarterly)),
    );
    if (columns.length < 2 || !isTime) continue;
    const table = { ...inputs, columns: [...inputs.columns, { kind: "date" as const, name: NAME, values: times }] };
    if (timeOfSeries(table)?.name !== NAME) continue;
    const [year, month, day = "1", hour] = columns.map(({ name }) => `${identifier(name)}::INTEGER`);
    const first = isQuarterly ? `(${month} - 1) * ${MONTHS_A_QUARTER} + 1` : month;
    const [of, more] = hour === undefined ? ["make_date", ""] : ["make_timestamp", `, ${hour}, 0, 0`];
    const names = listed(columns.map(({ name }) => `"${name}"`));
    return {
      table,
      // 31 June in a later file is a row without a date, as it is where dates are one column.
      select: { [NAME]: `try(${of}(${year}, ${first}, ${day}${more}))` },
      note: `${names} are one time: "${NAME}" is computed from them`,
    };
  }
  return undefined;
}

/** Years as pandas writes them (1963.0), or of two digits: as dates, they are a series like those of four digits. */
export function yearsAsDates(table: Table, name: string | undefined) {
  const column = table.columns.find((each) => each.name === name);
  if (column?.kind !== "number" || column.values.some(Number.isNaN)) return undefined;
  const first = column.values[0]!;
  const century = first < 100 ? 1900 : 0;
  const year = `${century > 0 ? `${century} + ` : ""}${identifier(column.name)}::INTEGER`;
  return {
    select: { [column.name]: `make_date(${year}, 1, 1)` },
    note: `"${column.name}" is read as dates, one a year${century > 0 ? `: ${first} is ${first + century}` : ""}`,
  };
}
