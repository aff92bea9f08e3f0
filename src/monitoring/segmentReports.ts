/** Performance by segment: the rows that share a value of a column, compared with all other rows. */
import { cellText, findColumn, type Column, type Table } from "../core/table/table.ts";
import { formatNumber } from "../core/text/format.ts";
import { MlctlError } from "../core/errors.ts";
import type { SegmentReport } from "../core/records/monitoring.ts";
import { didYouMean } from "../core/text/suggest.ts";
import { computeMetrics, findMetric } from "../metrics/findMetric.ts";
import { quantileSorted, mean } from "../stats/descriptive.ts";
import type { JudgeOptions } from "./judgeOptions.ts";
import { metricInterval, evaluationOf } from "./performanceReport.ts";
import { selectPredicted, type PreparedRows } from "./prepareRows.ts";
import type { Evaluation, WeakSegment } from "../core/metric.ts";
import { bootstrapInterval, hasRowsByClass } from "../metrics/bootstrapInterval.ts";

/** A column of numbers or dates with more distinct values is split at its quartiles. */
const MAXIMUM_VALUES = 10;

/** Of each class, for metrics that count errors by class: bootstrap intervals are then about 5 % too short, not more. */
const MINIMUM_OF_CLASS = 10;

/** Further segments of a column, the smallest, are merged into one: a column of ids must not fill the report. */
const MAXIMUM_SEGMENTS = 50;

/**
 * Sorted worst first. A segment fails if its interval, widened for the number of segments (Bonferroni), is entirely
 * worse than the value of the other rows.
 * @param labelled positions of the rows that have both a label and a prediction
 * @throws {MlctlError} kind "usage": unknown column
 */
export function segmentReports(rows: PreparedRows, labelled: Int32Array, options: JudgeOptions): SegmentReport[] {
  const { segments, segment_rows: minimumRows } = options.monitor;
  const metric = findMetric(options.metric, options.model.signature.target.task);
  const groups = segments.flatMap((name) => groupsOf(columnOf(rows, name), rows.table.rowCount));
  const confidence = 1 - 0.05 / Math.max(1, groups.length);
  const reports = groups.map(({ column, value, rows: own }): SegmentReport => {
    const isOwn = new Set(own);
    const inside = labelled.filter((row) => isOwn.has(row));
    const outside = labelled.filter((row) => !isOwn.has(row));
    const evaluation = evaluationOf(rows, inside, options);
    const metrics = inside.length === 0 ? {} : computeMetrics(evaluation);
    const metricValue = metrics[metric.name] ?? null;
    const enough = inside.length >= minimumRows && hasRowsByClass(metric, evaluation, MINIMUM_OF_CLASS);
    const range = { seed: options.seed, confidence, resamples: 500 };
    const interval = enough && metricValue !== null ? metricInterval(evaluation, metric.name, range) : null;
    const isCompared = interval !== null && outside.length > 0;
    const others = isCompared ? metric.compute(evaluationOf(rows, outside, options)) : NaN;
    const worse = interval !== null && (metric.greaterIsBetter ? interval[1] < others : interval[0] > others);
    const status = interval === null ? "skipped" : worse ? "fail" : "pass";
    const counts = { rows: own.length, labelled: inside.length };
    return { column, value, ...counts, metric: metric.name, metricValue, interval, metrics, status };
  });
  const rank = ({ status, labelled: count, metricValue }: SegmentReport): number =>
    status === "skipped" ? -count : metric.greaterIsBetter ? metricValue! : -metricValue!;
  return reports.toSorted((a, b) => isSkipped(a) - isSkipped(b) || rank(a) - rank(b));
}

function isSkipped({ status }: SegmentReport): number {
  return Number(status === "skipped");
}

function columnOf({ inputs, table }: PreparedRows, name: string): Column {
  const column = findColumn(inputs, name) ?? findColumn(table, name);
  if (column !== undefined) return column;
  const names = table.columns.map((each) => each.name);
  throw new MlctlError("usage", `there is no column "${name}" to split into segments`, {
    hint: didYouMean(name, names) ?? 'check --by, or "monitor.segments" in config.json',
  });
}

type Group = { readonly column: string; readonly value: string; readonly rows: Int32Array };

/** The rows of each value of a column, or of each quartile; most rows first. */
function groupsOf(column: Column, rowCount: number): Group[] {
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

const MINIMUM_ROWS = 30;
/** Of a column; one with more values, such as names, has few rows in each. */
const MAXIMUM_GROUPS = 30;
const STANDARD_ERRORS = 2;
const RESAMPLES = 100;
/** Share of a normal distribution within one standard error: steadier than the ends of few resamples. */
const WITHIN_ONE = 0.6827;

// What is left of the difference after two standard errors.
const sureLoss = ({ difference, standardError }: WeakSegment): number =>
  Math.abs(difference) - STANDARD_ERRORS * standardError;

/**
 * The segments of all columns in which a model is clearly worse than on all rows: each value of categories, and each
 * quartile of numbers and dates. Surest loss first. O(rows × columns).
 * @param inputs rows of `evaluation`, in the same order
 * @returns null if the metric is undefined on the rows
 */
export function weakestSegments(
  evaluation: Evaluation,
  inputs: Table,
  { metric: name, seed }: { readonly metric: string; readonly seed: number },
) {
  const metric = findMetric(name, evaluation.task);
  const [value, rows] = [metric.compute(evaluation), evaluation.yTrue.length];
  if (!Number.isFinite(value)) return null;
  const groups = inputs.columns
    .map((column) => groupsOf(column, rows))
    .filter((each) => each.length <= MAXIMUM_GROUPS)
    .flatMap((each) => each.filter((group) => group.rows.length >= MINIMUM_ROWS && group.rows.length < rows))
    .map((group) => ({ ...group, part: selectPredicted(evaluation, group.rows) }))
    .filter(({ part }) => hasRowsByClass(metric, part, MINIMUM_OF_CLASS));
  const segments = groups.flatMap(({ part, ...group }): WeakSegment[] => {
    const metricValue = metric.compute(part);
    const difference = metricValue - value;
    if (metric.greaterIsBetter ? difference >= 0 : difference <= 0) return [];
    const interval = bootstrapInterval(part, metric, { seed, resamples: RESAMPLES, confidence: WITHIN_ONE });
    if (interval === null) return [];
    // The segment is part of all rows: only the other rows make the values differ.
    const standardError = ((interval[1] - interval[0]) / 2) * Math.sqrt(1 - group.rows.length / rows);
    const { column, value: label } = group;
    const found = { column, value: label, rows: group.rows.length, metricValue, difference, standardError };
    return Math.abs(difference) > STANDARD_ERRORS * standardError ? [{ ...found, means: meansOf(part) }] : [];
  });
  const minimum = `${MINIMUM_ROWS} rows${metric.byClass === true ? ` and ${MINIMUM_OF_CLASS} of each class` : ""}`;
  const sorted = segments.toSorted((a, b) => sureLoss(b) - sureLoss(a));
  return { metric: metric.name, value, rows, compared: groups.length, minimum, segments: sorted };
}

function meansOf({ task, yTrue, yPred, probabilities }: Evaluation): WeakSegment["means"] {
  if (task === "multiclass") return null;
  return [mean(yTrue), mean(probabilities ?? yPred)];
}
