/** Performance by segment: the rows that share a value of a column, compared with all other rows. */
import { cellText } from "../core/table/cellText.ts";
import { findColumn } from "../core/table/findColumn.ts";
import { formatNumber } from "../core/text/format.ts";
import { MlctlError } from "../core/errors.ts";
import type { SegmentReport } from "../core/records/monitoring.ts";
import { didYouMean } from "../core/text/suggest.ts";
import type { Column } from "../core/table/table.ts";
import { computeMetrics, findMetric } from "../metrics/findMetric.ts";
import { quantileSorted } from "../stats/quantileSorted.ts";
import { metricInterval } from "./metricInterval.ts";
import { evaluationOf, labelledRows, type PerformanceOptions } from "./performanceReport.ts";
import { selectPrepared, type PreparedRows } from "./prepareRows.ts";

/** A column of numbers or dates with more distinct values is split at its quartiles. */
const MAXIMUM_VALUES = 10;

/** Further segments of a column, the smallest, are merged into one: a column of ids must not fill the report. */
const MAXIMUM_SEGMENTS = 50;

export interface SegmentOptions extends PerformanceOptions {
  readonly segments: readonly string[];
  readonly minimumRows: number;
}

/**
 * Sorted worst first. A segment fails if its interval, widened for the number of segments (Bonferroni), is entirely
 * worse than the value of the other rows.
 *
 * @throws {MlctlError} kind "usage": unknown column
 */
export function segmentReports(rows: PreparedRows, options: SegmentOptions): SegmentReport[] {
  const metric = findMetric(options.metric, options.model.signature.target.task);
  const groups = options.segments.flatMap((name) => groupsOf(columnOf(rows, name), rows.table.rowCount));
  const confidence = 1 - 0.05 / Math.max(1, groups.length);
  const reports = groups.map((group): SegmentReport => {
    const inside = selectPrepared(rows, group.rows);
    const evaluation = evaluationOf(selectPrepared(inside, labelledRows(inside)), options.model);
    const labelled = evaluation.yTrue.length;
    const metrics = labelled === 0 ? {} : computeMetrics(evaluation);
    const value = metrics[metric.name] ?? null;
    const judged = labelled >= options.minimumRows && value !== null;
    const interval = judged
      ? metricInterval(evaluation, metric.name, { seed: options.seed, confidence, resamples: 500 })
      : null;
    const others = judged ? valueOfOthers(rows, group.rows, options) : null;
    const worse =
      interval !== null && others !== null && (metric.greaterIsBetter ? interval[1] < others : interval[0] > others);
    return {
      column: group.column,
      value: group.value,
      rows: group.rows.length,
      labelled,
      metric: metric.name,
      metricValue: value,
      interval,
      metrics,
      status: interval === null ? "skipped" : worse ? "fail" : "pass",
    };
  });
  const goodness = ({ metricValue }: SegmentReport): number => (metric.greaterIsBetter ? metricValue! : -metricValue!);
  return [
    ...reports.filter(isJudged).toSorted((a, b) => goodness(a) - goodness(b)),
    ...reports.filter((report) => !isJudged(report)).toSorted((a, b) => b.labelled - a.labelled),
  ];
}

function isJudged({ status }: SegmentReport): boolean {
  return status !== "skipped";
}

function valueOfOthers(rows: PreparedRows, inside: Int32Array, { model, metric }: SegmentOptions): number | null {
  const own = new Set(inside);
  const rest = labelledRows(rows).filter((row) => !own.has(row));
  if (rest.length === 0) return null;
  const value = findMetric(metric, model.signature.target.task).compute(
    evaluationOf(selectPrepared(rows, rest), model),
  );
  return Number.isFinite(value) ? value : null;
}

function columnOf({ inputs, table }: PreparedRows, name: string): Column {
  const column = findColumn(inputs, name) ?? findColumn(table, name);
  if (column !== undefined) return column;
  const names = table.columns.map((each) => each.name);
  throw new MlctlError("usage", `there is no column "${name}" to split into segments`, {
    hint: didYouMean(name, names) ?? 'check --by, or "monitor.segments" in config.json',
  });
}

interface Group {
  readonly column: string;
  readonly value: string;
  readonly rows: Int32Array;
}

/** The rows of each value of a column, or of each quartile; most rows first. */
export function groupsOf(column: Column, rowCount: number): Group[] {
  const groups = Map.groupBy(Array.from({ length: rowCount }).keys(), labels(column));
  const bySize = [...groups].toSorted((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  const small = bySize.slice(MAXIMUM_SEGMENTS).flatMap(([, rows]) => rows);
  const kept = bySize.slice(0, MAXIMUM_SEGMENTS);
  if (small.length > 0) kept.push([`(${bySize.length - MAXIMUM_SEGMENTS} others)`, small]);
  return kept.map(([value, rows]) => ({ column: column.name, value, rows: Int32Array.from(rows) }));
}

function labels(column: Column): (row: number) => string {
  if (column.kind === "category") return (row) => cellText(column, row) ?? "(missing)";
  const present = column.values.filter((value) => !Number.isNaN(value)).toSorted();
  if (new Set(present).size <= MAXIMUM_VALUES) return (row) => cellText(column, row) ?? "(missing)";
  const edges = [0, 0.25, 0.5, 0.75, 1].map((share) => quantileSorted(present, share));
  const shown = (value: number): string =>
    column.kind === "date" ? new Date(value).toISOString().slice(0, 10) : formatNumber(value);
  const names = [0, 1, 2, 3].map(
    (quarter) => `${quarter === 0 ? "" : "above "}${shown(edges[quarter]!)} to ${shown(edges[quarter + 1]!)}`,
  );
  return (row) => {
    const value = column.values[row]!;
    if (Number.isNaN(value)) return "(missing)";
    return names[Number(value > edges[1]!) + Number(value > edges[2]!) + Number(value > edges[3]!)]!;
  };
}
