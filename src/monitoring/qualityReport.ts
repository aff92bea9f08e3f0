/** How a batch is filled, column by column, beside what the reference says of them. */
import { cellText } from "../core/table/cellText.ts";
import type { ColumnQuality, QualityReport } from "../core/records/monitoring.ts";
import type { ColumnReference, Reference } from "../core/records/reference.ts";
import type { CategoryColumn, Column } from "../core/table/table.ts";
import { duplicateShare } from "./duplicateShare.ts";
import { modeShare } from "./modeShare.ts";
import type { PreparedRows } from "./prepareRows.ts";

const MILLISECONDS_A_DAY = 86_400_000;

/** So many new categories are named. */
const LISTED = 10;

/** A column of one value is stuck only if chance hardly makes it so. */
const UNLIKELY = 1e-6;

/** @param end when the window ends, or now; null without a time column */
export function qualityReport(rows: PreparedRows, reference: Reference, end: number | null): QualityReport {
  const newest = newestOf(rows.time);
  const columns = rows.inputs.columns.map((column) => {
    const known = Object.hasOwn(reference.columns, column.name) ? reference.columns[column.name] : undefined;
    return [column.name, columnQuality(column, known, rows)] as const;
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

function newestOf(time: Float64Array | null): number | null {
  let newest = -Infinity;
  for (const value of time ?? []) if (value > newest) newest = value;
  return Number.isFinite(newest) ? newest : null;
}

function columnQuality(column: Column, reference: ColumnReference | undefined, rows: PreparedRows): ColumnQuality {
  const invalid = rows.invalid.get(column.name);
  const invalidCount = invalid?.rows.reduce((sum, mark) => sum + mark, 0) ?? 0;
  const total = rows.table.rowCount;
  const present = presentCount(column);
  const fresh = newCategories(column, reference);
  return {
    // What is there but cannot be read is told as invalid, not as missing.
    missingShare: total === 0 ? 0 : (total - present - invalidCount) / total,
    invalidShare: total === 0 ? 0 : invalidCount / total,
    invalidExample: invalidCount === 0 ? null : invalid!.example,
    newShare: fresh === null || present === 0 ? null : fresh.count / present,
    newCategories: fresh?.names ?? [],
    ...outside(column, reference, present),
    constant: isStuck(column, reference, present),
  };
}

export function presentCount(column: Column): number {
  let count = 0;
  // Counted by position: an iterator over millions of values takes several times as long.
  if (column.kind === "category") {
    const { codes } = column;
    for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) count++;
  } else {
    const { values } = column;
    for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row]!)) count++;
  }
  return count;
}

/** Null where the reference does not know all its categories. */
function newCategories(
  column: Column,
  reference: ColumnReference | undefined,
): { readonly count: number; readonly names: readonly string[] } | null {
  if (column.kind !== "category" || reference?.kind !== "category") return null;
  const listed = reference.counts.reduce((sum, [, count]) => sum + count, 0);
  if (listed < reference.count) return null;
  const known = new Set(reference.counts.map(([category]) => category));
  const rows = new Float64Array(column.categories.length);
  const { codes, categories } = column;
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) rows[codes[row]!]!++;
  const unseen = categories
    .map((category, code) => [category, rows[code]!] as const)
    .filter(([category, count]) => count > 0 && !known.has(category))
    .toSorted((a, b) => b[1] - a[1]);
  const names = unseen.map(([category]) => category);
  return { count: unseen.reduce((sum, [, count]) => sum + count, 0), names: names.slice(0, LISTED) };
}

function outside(
  column: Column,
  reference: ColumnReference | undefined,
  present: number,
): Pick<ColumnQuality, "outsideShare" | "minimum" | "maximum"> {
  if (column.kind !== "number") return { outsideShare: null, minimum: null, maximum: null };
  const known = reference?.kind === "number" && reference.quantiles.length > 0;
  const [low, high] = known ? [reference.quantiles[0]!, reference.quantiles.at(-1)!] : [-Infinity, Infinity];
  let [minimum, maximum, count] = [Infinity, -Infinity, 0];
  const { values } = column;
  // What is missing is neither smaller nor larger than anything.
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    if (value < low || value > high) count++;
  }
  if (present === 0) return { outsideShare: null, minimum: null, maximum: null };
  return { outsideShare: known ? count / present : null, minimum, maximum };
}

function isStuck(column: Column, reference: ColumnReference | undefined, present: number): boolean {
  // The rows of one day share its date, and that is no fault.
  if (reference === undefined || present < 2 || column.kind === "date") return false;
  if (column.kind === "category" ? !oneCode(column) : !oneValue(column.values)) return false;
  return modeShare(reference) ** present < UNLIKELY;
}

function oneCode(column: CategoryColumn): boolean {
  const first = column.codes.findIndex((code) => code >= 0);
  const text = cellText(column, first);
  return column.codes.every((code) => code < 0 || column.categories[code] === text);
}

function oneValue(values: Float64Array): boolean {
  const first = values.find((value) => !Number.isNaN(value));
  return values.every((value) => Number.isNaN(value) || value === first);
}
