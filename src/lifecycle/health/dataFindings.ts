/** Findings on the newest dataset: drift, missing values and rejected files. */
import { LEAST_ROWS } from "../../core/records/model.ts";
import type { Config } from "../../config/schema/schema.ts";
import type { Dataset } from "../../core/records/lineage.ts";
import { type DriftReport, type Finding, finding } from "../../core/records/monitoring.ts";
import { comparedRows } from "../../core/text/recordText.ts";
import { formatNumber, atLine, listed } from "../../core/text/format.ts";
import { type Table, type Column, type Signature, presentCount } from "../../core/table/table.ts";
import { driftFindings as monitored } from "../../monitoring/performanceFindings.ts";
import { countCategories } from "../../stats/samplePositions.ts";
import { mean, quantilesOf, standardDeviation } from "../../stats/descriptive.ts";

const DEFAULT_MISSING_SHARE = 0.1;

/** @param drift null if there is nothing to compare with */
export function dataFindings(
  config: Config,
  dataset: Dataset,
  table: Table,
  { signature, drift }: { readonly signature: Signature; readonly drift: DriftReport | null },
): Finding[] {
  const limit = config.monitor.quality.missing_share?.max ?? DEFAULT_MISSING_SHARE;
  const used = new Set([signature.target, ...signature.inputs].map(({ name }) => name));
  const shares = Object.entries(missingShares(table)).toSorted((a, b) => b[1] - a[1]);
  const [worst, share] = shares.find(([name]) => used.has(name)) ?? ["", 0];
  // These do not speak against the model.
  const unused = shares.find(([name, missing]) => !used.has(name) && missing > limit);
  const aside =
    unused === undefined
      ? ""
      : `; "${unused[0]}" lacks ${formatNumber(100 * unused[1])} %, but the model does not use it`;
  const missing = `${share === 0 ? "no missing values" : `most missing values: column "${worst}"`}${aside}`;
  const { length: count } = dataset.rejected;
  const reasons = dataset.rejected.map(({ path, line, reason }) => atLine(path, line, reason));
  const rejected = count === 0 ? "all input files were read" : listed(reasons, 8, "; ");
  return [
    ...(drift === null ? [] : driftFindings(drift, config.monitor.drift.fail_on)),
    finding("missing values", share > limit ? "warn" : "pass", missing, [share, limit, "at_most"]),
    finding("rejected files", count > 0 ? "warn" : "pass", rejected, [count, 0, "at_most"]),
  ];
}

/** Those of monitor; of predictions and labels only if they can be judged. */
function driftFindings(report: DriftReport, failOn: Config["monitor"]["drift"]["fail_on"]): Finding[] {
  const rows = comparedRows(report, formatNumber);
  return monitored({ ...report, target: report.target ?? null }, failOn).flatMap((each, i) => {
    const { name, status, value, limit, passes } = each;
    if (i > 0 && status === "skipped") return [];
    const compared = report.currentRows === 0 ? rows : `${each.message}: ${rows}`;
    return [finding(name, status, i === 0 ? compared : each.message, [value, limit, passes ?? undefined])];
  });
}

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
  readonly top: readonly (readonly [string, number])[];
}

export function* summarizeInTurns(table: Table) {
  const summaries: [string, NumberSummary | CategorySummary][] = [];
  for (const column of table.columns) {
    summaries.push([column.name, summaryOf(column)]);
    yield;
  }
  return { missing: missingShares(table), summary: Object.fromEntries(summaries) };
}

export function missingShares({ columns, rowCount }: Table): Record<string, number> {
  return Object.fromEntries(
    columns.map((column) => [column.name, (rowCount - presentCount(column)) / Math.max(1, rowCount)]),
  );
}

export function summaryOf(column: Column): NumberSummary | CategorySummary {
  if (column.kind === "category") {
    const counts = countCategories(column);
    const frequent = counts.filter(({ count }) => count >= LEAST_ROWS).slice(0, 10);
    return { distinct: counts.length, top: frequent.map(({ category, count }) => [category, count] as const) };
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
