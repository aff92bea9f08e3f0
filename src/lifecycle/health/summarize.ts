/** Summary statistics of a table, column by column. */
import { atOnce, type Work } from "../../core/inTurns.ts";
import { presentCount } from "../../core/table/presentCount.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { mean } from "../../stats/mean.ts";
import { quantileSorted } from "../../stats/quantileSorted.ts";
import { standardDeviation } from "../../stats/standardDeviation.ts";

/** Summary of numbers, or of dates in milliseconds. Null if every value is missing. */
export interface NumberSummary {
  readonly mean: number | null;
  readonly median: number | null;
  /** Sample standard deviation (n − 1). */
  readonly standardDeviation: number | null;
  readonly minimum: number | null;
  readonly q25: number | null;
  readonly q75: number | null;
  readonly maximum: number | null;
}

export interface CategorySummary {
  readonly distinct: number;
  /** The most frequent categories with their number of rows; at most ten. */
  readonly top: readonly (readonly [string, number])[];
}

export interface TableSummary {
  /** Share of rows without a value, by column. */
  readonly missing: Readonly<Record<string, number>>;
  readonly summary: Readonly<Record<string, NumberSummary | CategorySummary>>;
}

export function summarize(table: Table): TableSummary {
  return atOnce(summarizeInTurns(table));
}

/** The same as work that yields after each column. */
export function* summarizeInTurns(table: Table): Work<TableSummary> {
  const summaries: [string, NumberSummary | CategorySummary][] = [];
  for (const column of table.columns) {
    summaries.push([column.name, summaryOf(column)]);
    yield;
  }
  return { missing: missingShares(table), summary: Object.fromEntries(summaries) };
}

/** Share of rows without a value, by column. */
export function missingShares({ columns, rowCount }: Table): TableSummary["missing"] {
  return Object.fromEntries(
    columns.map((column) => [column.name, (rowCount - presentCount(column)) / Math.max(1, rowCount)]),
  );
}

function summaryOf(column: Column): NumberSummary | CategorySummary {
  if (column.kind === "category") {
    const counts = new Map<string, number>();
    for (const code of column.codes) {
      if (code >= 0) counts.set(column.categories[code]!, (counts.get(column.categories[code]!) ?? 0) + 1);
    }
    const top = [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 10);
    return { distinct: counts.size, top };
  }
  const sorted = column.values.filter((value) => !Number.isNaN(value)).toSorted();
  const at = (share: number): number | null => (sorted.length === 0 ? null : quantileSorted(sorted, share));
  return {
    mean: sorted.length === 0 ? null : mean(sorted),
    median: at(0.5),
    standardDeviation: sorted.length < 2 ? null : standardDeviation(sorted, { ddof: 1 }),
    minimum: at(0),
    q25: at(0.25),
    q75: at(0.75),
    maximum: at(1),
  };
}
