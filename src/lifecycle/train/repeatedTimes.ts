/** Reports times that come twice where features look back: the file may hold several series. */
import { dateText } from "../../core/text/format.ts";
import { cellText } from "../../core/table/cellText.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import type { Column, Table } from "../../core/table/table.ts";
import type { TransformRequest } from "../../core/transform.ts";
import { findTransform } from "../../features/index.ts";

/** Average rows that a value of a likely series column has. */
const MIN_ROWS_PER_SERIES = 3;

/** @param table labelled rows @returns one note, or none if every time comes once or all features have `by` */
export function repeatedTimes(
  table: Table,
  { requests, time, target }: { requests: readonly TransformRequest[]; time: string | null; target: string },
): string[] {
  const mixing = requests.flatMap(({ type, options }, i) =>
    findTransform(type)?.looksBack === undefined || (options["by"] ?? null) !== null ? [] : `features[${i}] (${type})`,
  );
  const times = mixing.length === 0 || time === null ? undefined : findColumn(table, time);
  if (times?.kind !== "date") return [];
  const counts = new Map<number, number>();
  for (const each of times.values) if (!Number.isNaN(each)) counts.set(each, (counts.get(each) ?? 0) + 1);
  const repeated = [...counts].filter(([, count]) => count > 1);
  if (repeated.length === 0) return [];
  const first = repeated.reduce((earliest, [each]) => Math.min(earliest, each), Infinity);
  const [place, more] = [mixing[0], mixing.length > 1 ? ` and ${mixing.length - 1} more look` : " looks"];
  const found = `"${time}" has times that come twice, first: ${dateText(first)}, and ${place}${more} back on all rows as one series`;
  const advice = (name: string, why: string): string => `${found}; ${why}, write "by": ["${name}"] there`;
  // Single events at one time are common; a series column is likely only if most times come twice.
  const column = repeated.length * 2 < counts.size ? undefined : likelySeries(table, times.values, [time!, target]);
  return column === undefined
    ? [`${found}; if a column tells several series apart, name it there in "by"`]
    : [advice(column, `if "${column}" tells several series apart`)];
}

/** The column with the fewest values of which none comes twice at the same time. */
function likelySeries(table: Table, times: Float64Array, others: readonly string[]): string | undefined {
  const candidates = table.columns.flatMap((column) => {
    const count = others.includes(column.name) ? undefined : seriesCount(column, times);
    return count === undefined ? [] : [{ name: column.name, count }];
  });
  return candidates.toSorted((a, b) => a.count - b.count)[0]?.name;
}

/** Number of values; undefined if the column cannot tell series apart. */
function seriesCount(column: Column, times: Float64Array): number | undefined {
  if (column.kind === "date" || (column.kind === "number" && !column.values.every(Number.isInteger))) return undefined;
  const timesOf = new Map<string, Set<number>>();
  for (let row = 0; row < times.length; row++) {
    const text = cellText(column, row);
    if (text === null) return undefined;
    const seen = timesOf.get(text) ?? new Set();
    if (seen.has(times[row]!)) return undefined;
    timesOf.set(text, seen.add(times[row]!));
    if (timesOf.size * MIN_ROWS_PER_SERIES > times.length) return undefined;
  }
  return timesOf.size > 1 ? timesOf.size : undefined;
}
