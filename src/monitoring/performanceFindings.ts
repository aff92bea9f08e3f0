/** Findings about model performance: limits of config.json, the score on the test set, and segments. */
import { counted, formatNumber, percent } from "../core/text/format.ts";
import { estimateDoubt, notJudged } from "../core/text/recordText.ts";
import type {
  MetricValues,
  MonitorFinding,
  MonitorStatus,
  PerformanceReport,
  SegmentReport,
  MonitorDrift,
  ColumnDrift,
} from "../core/records/monitoring.ts";
import { findMetric } from "../metrics/findMetric.ts";
import type { Evaluation } from "../core/metric.ts";
import type { Interval } from "../metrics/bootstrapInterval.ts";
import type { DriftSubject, JudgeOptions, Limit } from "./judgeOptions.ts";
import { metricInterval } from "./performanceReport.ts";
import { finding } from "./qualityFindings.ts";
import { isSeasonal } from "./driftReport.ts";

interface Limits extends Pick<JudgeOptions, "model" | "monitor" | "test" | "seed"> {
  /** Of the labelled rows. */
  readonly evaluation: Evaluation;
}

export function performanceFindings(
  report: PerformanceReport,
  segments: readonly SegmentReport[],
  limits: Limits,
): MonitorFinding[] {
  const { task } = limits.model.signature.target;
  const required = Object.entries(limits.monitor.require).flatMap(([name, limit]) =>
    limit === undefined ? [] : [requiredFinding(findMetric(name, task).name, limit, report, limits)],
  );
  const mainIsRequired = required.some(({ name }) => name === report.metric);
  return [
    ...required,
    ...(mainIsRequired ? [] : [testSetFinding(report, limits)]),
    ...estimateFindings(report, limits),
    ...(limits.monitor.segments.length === 0 ? [] : [segmentFinding(segments)]),
  ];
}

/** Findings on one metric that differ in status and message. @param low whether the value must be at least `bound` */
function metricFinding(
  name: string,
  { metrics, intervals }: MetricValues,
  { bound, low, shown = name }: { bound: number | null; low: boolean; shown?: string },
): (status: MonitorStatus, message: string) => MonitorFinding {
  const values = { value: metrics[name] ?? null, interval: intervals[name] ?? null };
  const passes = bound === null ? null : low ? "at_least" : "at_most";
  return (status, message) => finding("performance", shown, { ...values, status, limit: bound, passes, message });
}

function requiredFinding(name: string, limit: Limit, report: PerformanceReport, limits: Limits): MonitorFinding {
  const value = report.metrics[name] ?? null;
  const low = limit.min !== undefined && (value === null || value < limit.min || limit.max === undefined);
  const bound = low ? limit.min! : (limit.max ?? limit.min ?? null);
  const found = metricFinding(name, report, { bound, low });
  const reason = reasonToSkip(report, limits);
  if (reason !== null) return found("skipped", reason);
  if (value === null) return found("fail", "undefined on these rows, which counts as a failure");
  if (bound === null || (low ? value >= bound : value <= bound)) return found("pass", rowsText(report));
  const { confidence } = limits.monitor;
  const sure = confidence === null || isBeyond(intervalAt(limits, name, confidence), bound, low);
  const doubt = sure ? "" : `, but not significantly (${percent(confidence)} confidence)`;
  const message = `${rowsText(report)}, ${low ? "below" : "above"} the limit${doubt}`;
  return found(sure ? "fail" : "warn", message);
}

/** Enough resamples for the ends of wide intervals. */
const RESAMPLES = 2000;

function intervalAt({ evaluation, seed }: Limits, metric: string, confidence: number): Interval {
  return metricInterval(evaluation, metric, { seed, resamples: RESAMPLES, confidence });
}

/** Whether all of the interval is on the failing side of the limit. */
function isBeyond(interval: readonly [number, number] | null, bound: number, low: boolean): boolean {
  return interval !== null && (low ? interval[1] < bound : interval[0] > bound);
}

/** So that the limit taken from the test set does not raise an alarm every other week. */
const SURE = 0.998;

/** With its interval on the test set: fails if the 99.8 % interval is worse, warns if only the 95 % interval is. */
function testSetFinding(report: PerformanceReport, limits: Limits): MonitorFinding {
  const { metric, value, reference } = report;
  const { greaterIsBetter: low } = findMetric(metric, limits.model.signature.target.task);
  const bound = limits.test.interval?.[low ? 0 : 1] ?? null;
  const interval = report.intervals[metric] ?? null;
  const found = metricFinding(metric, report, { bound, low });
  const reason = reasonToSkip(report, limits);
  if (reason !== null) return found("skipped", reason);
  if (bound === null || value === null)
    return found(
      "skipped",
      "no limit is set, and there is no score on the test set to compare with: `mlctl score --model REF` records one",
    );
  const side = `, ${low ? "below" : "above"} the limit`;
  const onTest = `; ${formatNumber(reference)} on the test set`;
  const beyond = low ? value < bound : value > bound;
  if (!beyond || !isBeyond(interval, bound, low))
    return found("pass", `${rowsText(report)}${beyond ? `${side}, but not significantly` : ""}${onTest}`);
  if (isBeyond(intervalAt(limits, metric, SURE), bound, low)) return found("fail", `${rowsText(report)}${onTest}`);
  return found("warn", `${rowsText(report)}${side} with 95 % confidence, but not with 99.8 %${onTest}`);
}

/** End of the names of findings about estimates, which do not count as judged. */
export const ESTIMATED = " (estimated)";

/** Without enough labels, estimates are compared with the limits; they can warn but never fail. */
function estimateFindings(report: PerformanceReport, limits: Limits): MonitorFinding[] {
  const { estimate } = report;
  if (estimate === null || reasonToSkip(report, limits) === null) return [];
  return Object.entries(limits.monitor.require).flatMap(([given, limit]): MonitorFinding[] => {
    const { name } = findMetric(given, limits.model.signature.target.task);
    const value = estimate.metrics[name];
    if (value === undefined || value === null || limit === undefined) return [];
    const low = limit.min !== undefined;
    const bound = low ? limit.min : limit.max;
    if (bound === undefined) return [];
    const broken = low ? value < bound : value > bound;
    const doubt = estimateDoubt(estimate);
    const message = `estimated from the predicted probabilities of ${estimate.rows} rows, not measured${doubt === "" ? "" : `; ${doubt}`}`;
    const found = metricFinding(name, estimate, { bound, low, shown: `${name}${ESTIMATED}` });
    return [found(broken ? "warn" : "pass", message)];
  });
}

function segmentFinding(segments: readonly SegmentReport[]): MonitorFinding {
  const judged = segments.filter(({ status }) => status !== "skipped");
  const worse = judged.filter(({ status }) => status === "fail");
  const worst = worse
    .slice(0, 3)
    .map(({ column, value, metric, metricValue }) => `${column} = ${value}: ${metric} ${formatNumber(metricValue)}`);
  const status = judged.length === 0 ? "skipped" : worse.length > 0 ? "warn" : "pass";
  const none =
    judged.length === 0
      ? "no segment has enough labelled rows"
      : `none of ${judged.length} segments is significantly worse than the other rows`;
  const message = worse.length === 0 ? none : worst.join("; ");
  return finding("performance", "segments", { status, value: worse.length, limit: 0, message });
}

function reasonToSkip({ rows, skipped }: PerformanceReport, { monitor }: Limits): string | null {
  const { minimum_rows: minimumRows } = monitor;
  if (skipped !== undefined) return skipped;
  return rows < minimumRows ? `${rowsText({ rows })}, at least ${minimumRows} are needed` : null;
}

const rowsText = ({ rows }: Pick<PerformanceReport, "rows">): string => counted(rows, "labelled row");

export function driftFindings(drift: MonitorDrift, failOn: readonly DriftSubject[]): MonitorFinding[] {
  const severity = (subject: DriftSubject): MonitorStatus => (failOn.includes(subject) ? "fail" : "warn");
  const { prediction, ...columns } = drift.columns;
  return [
    datasetFinding(drift, severity("dataset")),
    columnsFinding(columns, severity("columns")),
    oneFinding("prediction drift", prediction ?? "no predictions to compare", severity("prediction")),
    oneFinding("target drift", drift.target ?? "no labels to compare", severity("target")),
  ];
}

function datasetFinding({ dataset, columns }: MonitorDrift, severity: MonitorStatus): MonitorFinding {
  const { tested, drifted, share, limit, detected } = dataset;
  const message = share === null ? notJudged({ columns }) : `${drifted} of ${tested} columns drifted`;
  const status = share === null ? "skipped" : detected ? severity : "pass";
  return finding("drift", "dataset drift", { status, value: share, limit, message });
}

function columnsFinding(columns: Readonly<Record<string, ColumnDrift>>, severity: MonitorStatus): MonitorFinding {
  const tested = Object.entries(columns).filter(([, { skipped }]) => skipped === undefined);
  const drifted = tested.filter(([, column]) => column.drifted).toSorted(([, a], [, b]) => (b.psi ?? 0) - (a.psi ?? 0));
  const seasonal = tested.filter(([, column]) => isSeasonal(column)).map(([name]) => `"${name}"`);
  const seasonalNote = seasonal.length === 0 ? "" : `; seasonal, as in earlier years: ${seasonal.join(", ")}`;
  const named = drifted.slice(0, 5).map(([name, column]) => `"${name}" ${verdictText(column)}`);
  const more = drifted.length > 5 ? `; and ${drifted.length - 5} more` : "";
  const none = tested.length === 0 ? notJudged({ columns }) : `none of ${tested.length} columns drifted`;
  const found = drifted.length === 0 ? none : `${named.join("; ")}${more}`;
  const status = tested.length === 0 ? "skipped" : drifted.length > 0 ? severity : "pass";
  const names = drifted.map(([name]) => name);
  const common = { value: drifted.length, limit: 0, message: found + seasonalNote, columns: names };
  return finding("drift", "drifted columns", { status, ...common });
}

/** @param drift a string: why there is none */
function oneFinding(name: string, drift: ColumnDrift | string, severity: MonitorStatus): MonitorFinding {
  if (typeof drift === "string") {
    return finding("drift", name, { status: "skipped", value: null, limit: null, passes: null, message: drift });
  }
  const { skipped, drifted, value, limit, measure, note } = drift;
  const seasonal = note !== undefined && isSeasonal(drift) ? `; ${note}` : "";
  return finding("drift", name, {
    status: skipped !== undefined ? "skipped" : drifted ? severity : "pass",
    value: Number.isFinite(value) ? value : null,
    limit,
    passes: measure === "p_value" ? "at_least" : "at_most",
    message: skipped ?? `${verdictText(drift)}${seasonal}`,
  });
}

/** Names test, kind of value, value and limit, so that a distance is never mistaken for a p-value. */
function verdictText({ test, measure, value, limit, drifted, psi }: ColumnDrift): string {
  const kind = measure === "p_value" ? "p" : "distance";
  // Significant, but not counted as drift.
  const isSmall = measure === "p_value" && !drifted && value < limit;
  const comparison = isSmall || drifted === (measure === "p_value") ? "<" : "≥";
  const note = isSmall ? `, but the shift is small (psi ${formatNumber(psi)})` : "";
  return `${test} ${kind} ${formatNumber(value)} ${comparison} ${formatNumber(limit)}${note}`;
}
