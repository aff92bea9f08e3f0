/** Summary statistics of a table, column by column. */
import { atOnce, type Work } from "../../core/inTurns.ts";
import { presentCount } from "../../core/table/cellText.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { mean } from "../../stats/mean.ts";
import { quantilesOf } from "../../stats/quantilesOf.ts";
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
  const { length } = column.values;
  // A copy of millions of values takes longer than all that follows.
  const isComplete = presentCount(column) === length;
  const values = isComplete ? column.values : column.values.filter((value) => !Number.isNaN(value));
  const [minimum, q25, median, q75, maximum] = quantilesOf(values, [0, 0.25, 0.5, 0.75, 1]).map((value) =>
    values.length === 0 ? null : value,
  ) as [number, number, number, number, number];
  return {
    mean: values.length === 0 ? null : mean(values),
    median,
    standardDeviation: values.length < 2 ? null : standardDeviation(values, { ddof: 1 }),
    minimum,
    q25,
    q75,
    maximum,
  };
}
