/** Data quality of a batch, column by column: missing, invalid, new and out-of-range values. */
import { presentCount, type Column, type Table } from "../core/table/table.ts";
import { dateText, MILLISECONDS_A_DAY } from "../core/text/format.ts";
import type { ColumnQuality, QualityReport } from "../core/records/monitoring.ts";
import type { ColumnReference, Reference } from "../core/records/model.ts";
import { countCategories } from "../stats/samplePositions.ts";
import { extentOf } from "../stats/descriptive.ts";
import { firstCopies } from "../pipeline/leakage/splitDuplicates.ts";
import type { PreparedRows } from "./prepareRows.ts";

const MAXIMUM_LISTED = 10;

const FIRST_DATE = Date.UTC(1900);

/** A column counts as constant only if one value in all rows is less likely than this by chance. */
const UNLIKELY = 1e-6;

/** @param end end of the window, or now, in milliseconds since 1970; null without a time column */
export function qualityReport(rows: PreparedRows, reference: Reference, end: number | null): QualityReport {
  const latest = extentOf(rows.time ?? [])[1];
  const newest = Number.isFinite(latest) ? latest : null;
  const columns = rows.inputs.columns.map((column) => {
    const known = Object.hasOwn(reference.columns, column.name) ? reference.columns[column.name] : undefined;
    return [column.name, columnQuality(column, known, { rows, end })] as const;
  });
  return {
    rows: rows.table.rowCount,
    duplicateShare: duplicateShare(rows.table),
    missingColumns: rows.missingColumns,
    extraColumns: rows.extraColumns,
    newestAt: newest === null ? null : new Date(newest).toISOString(),
    ageDays: newest === null || end === null ? null : (end - newest) / MILLISECONDS_A_DAY,
    columns: Object.fromEntries(columns),
  };
}

function columnQuality(
  column: Column,
  reference: ColumnReference | undefined,
  { rows, end }: { readonly rows: PreparedRows; readonly end: number | null },
): ColumnQuality {
  const invalid = rows.invalid.get(column.name);
  const invalidCount = invalid?.rows.reduce((sum, mark) => sum + mark, 0) ?? 0;
  const total = rows.table.rowCount;
  const present = presentCount(column);
  const added = newCategories(column, reference);
  return {
    // Unreadable values count as invalid, not as missing.
    missingShare: total === 0 ? 0 : (total - present - invalidCount) / total,
    invalidShare: total === 0 ? 0 : invalidCount / total,
    invalidExample: invalidCount === 0 ? null : invalid!.example,
    newShare: added === null || present === 0 ? null : added.count / present,
    newCategories: added?.names ?? [],
    ...outside(column, reference, end),
    constant: isConstant(column, reference, present),
  };
}

/** Null if the reference does not list all its categories. */
function newCategories(column: Column, reference: ColumnReference | undefined) {
  if (column.kind !== "category" || reference?.kind !== "category") return null;
  const listed = reference.counts.reduce((sum, [, count]) => sum + count, 0);
  if (listed < reference.count) return null;
  const known = new Set(reference.counts.map(([category]) => category));
  const unseen = countCategories(column).filter(({ category }) => !known.has(category));
  const names = unseen.map(({ category }) => category);
  return { count: unseen.reduce((sum, { count }) => sum + count, 0), names: names.slice(0, MAXIMUM_LISTED) };
}

/** A date is outside before 1900, or a day after the end of the window, unless the training rows have such dates. */
function outside(
  column: Column,
  reference: ColumnReference | undefined,
  end: number | null,
): Pick<ColumnQuality, "outsideShare" | "outsideExample" | "minimum" | "maximum"> {
  const nothing = { outsideShare: null, minimum: null, maximum: null };
  if (column.kind === "category") return nothing;
  const [minimum, maximum] = extentOf(column.values);
  const known = reference?.kind === column.kind ? reference.quantiles : [];
  if (minimum > maximum) return nothing;
  if (known.length === 0) return column.kind === "date" ? nothing : { outsideShare: null, minimum, maximum };
  const [least, most] =
    column.kind === "date" ? [FIRST_DATE, (end ?? Infinity) + MILLISECONDS_A_DAY] : [Infinity, -Infinity];
  const [low, high] = [Math.min(known[0]!, least), Math.max(known.at(-1)!, most)];
  let count = 0;
  const { values } = column;
  // Comparisons with NaN are false, so missing values are skipped.
  for (let row = 0; row < values.length; row++) if (values[row]! < low || values[row]! > high) count++;
  const outsideShare = count / presentCount(column);
  if (column.kind === "number") return { outsideShare, minimum, maximum };
  return {
    ...nothing,
    outsideShare,
    ...(count > 0 && { outsideExample: dateText(minimum < low ? minimum : maximum) }),
  };
}

function isConstant(column: Column, reference: ColumnReference | undefined, present: number): boolean {
  // All rows of one day have the same date, which is normal.
  if (reference === undefined || present < 2 || column.kind === "date") return false;
  const [least, most] = column.kind === "number" ? extentOf(column.values) : [];
  const isOne = column.kind === "category" ? countCategories(column).length === 1 : least === most;
  return isOne && modeShare(reference) ** present < UNLIKELY;
}

/** Share of the most frequent value, for numbers estimated from the sorted sample; 1 if there are no values. */
function modeShare(reference: ColumnReference): number {
  if (reference.kind === "category")
    return reference.count === 0 ? 1 : (reference.counts[0]?.[1] ?? 0) / reference.count;
  const { sample } = reference;
  if (sample.length === 0) return 1;
  let [longest, run] = [1, 1];
  for (let i = 1; i < sample.length; i++) {
    run = sample[i] === sample[i - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest / sample.length;
}

/** Share of rows that equal an earlier row in every column. O(rows × columns). */
export function duplicateShare(table: Table): number {
  const copies = firstCopies(table).reduce((sum, original, row) => sum + (original === row ? 0 : 1), 0);
  return copies / Math.max(1, table.rowCount);
}
