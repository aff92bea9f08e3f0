/** Findings about model performance: limits of config.json, the score on the test set, and segments. */
import { formatNumber } from "../core/text/format.ts";
import type { MonitorFinding, PerformanceReport, SegmentReport } from "../core/records/monitoring.ts";
import { findMetric } from "../metrics/findMetric.ts";
import type { Task } from "../core/task.ts";
import type { Limit } from "./qualityFindings.ts";

export interface PerformanceLimits {
  /** By metric name. */
  readonly require: Readonly<Record<string, Limit | undefined>>;
  /** A limit must be broken with this confidence to fail, e.g. 0.95; null: the value alone decides. */
  readonly confidence: number | null;
  readonly minimumRows: number;
  readonly task: Task;
  /** Interval of the main metric on the test set. */
  readonly referenceInterval: readonly [number, number] | null;
  /** 99.8 % interval of the main metric in this window. */
  readonly sureInterval: readonly [number, number] | null;
}

export function performanceFindings(
  report: PerformanceReport,
  segments: readonly SegmentReport[],
  limits: PerformanceLimits,
): MonitorFinding[] {
  const required = Object.entries(limits.require).flatMap(([name, limit]) =>
    limit === undefined ? [] : [requiredFinding(findMetric(name, limits.task).name, limit, { report, limits })],
  );
  const mainIsRequired = required.some(({ name }) => name === report.metric);
  return [
    ...required,
    ...(mainIsRequired ? [] : [testSetFinding(report, limits)]),
    ...estimateFindings(report, limits),
    ...segmentFinding(segments),
  ];
}

interface Judging {
  readonly report: PerformanceReport;
  readonly limits: PerformanceLimits;
}

function requiredFinding(name: string, limit: Limit, { report, limits }: Judging): MonitorFinding {
  const value = report.metrics[name] ?? null;
  const interval = report.intervals[name] ?? null;
  const low = limit.min !== undefined && (value === null || value < limit.min || limit.max === undefined);
  const bound = low ? limit.min! : (limit.max ?? limit.min ?? null);
  const base = {
    area: "performance" as const,
    name,
    value,
    limit: bound,
    passes: bound === null ? null : low ? ("at_least" as const) : ("at_most" as const),
    interval,
  };
  const reason = reasonToSkip(report, limits);
  if (reason !== null) return { ...base, status: "skipped", message: reason };
  if (value === null) return { ...base, status: "fail", message: "undefined on these rows, which counts as a failure" };
  if (bound === null || (low ? value >= bound : value <= bound))
    return { ...base, status: "pass", message: rowsText(report) };
  const sure = limits.confidence === null || (interval !== null && (low ? interval[1] < bound : interval[0] > bound));
  const message = `${rowsText(report)}, ${low ? "below" : "above"} the limit${sure ? "" : ", but not significantly"}`;
  return { ...base, status: sure ? "fail" : "warn", message };
}

/** Without a configured limit, the main metric is compared with its interval on the test set: fails if it is certainly worse. */
function testSetFinding(report: PerformanceReport, limits: PerformanceLimits): MonitorFinding {
  const { metric, value, reference } = report;
  const interval = report.intervals[metric] ?? null;
  const { greaterIsBetter } = findMetric(metric, limits.task);
  const passes = greaterIsBetter ? ("at_least" as const) : ("at_most" as const);
  const onTestSet = limits.referenceInterval;
  const bound = onTestSet === null ? null : greaterIsBetter ? onTestSet[0] : onTestSet[1];
  const base = {
    area: "performance" as const,
    name: metric,
    value,
    limit: bound,
    passes: bound === null ? null : passes,
    interval,
  };
  const reason = reasonToSkip(report, limits);
  if (reason !== null) return { ...base, status: "skipped", message: reason };
  const sure = limits.sureInterval;
  if (bound === null || sure === null || value === null)
    return {
      ...base,
      status: "skipped",
      message: "no limit is set, and there is no score on the test set to compare with",
    };
  const worse = greaterIsBetter ? sure[1] < bound : sure[0] > bound;
  const beyond = greaterIsBetter ? value < bound : value > bound;
  const doubt = beyond && !worse ? `, ${greaterIsBetter ? "below" : "above"} the limit, but not significantly` : "";
  const message = `${rowsText(report)}${doubt}; ${formatNumber(reference)} on the test set`;
  return { ...base, status: worse ? "fail" : "pass", message };
}

/** Without enough labels, estimates are compared with the limits; they can warn but never fail. */
function estimateFindings(report: PerformanceReport, limits: PerformanceLimits): MonitorFinding[] {
  const { estimate } = report;
  if (estimate === null || reasonToSkip(report, limits) === null) return [];
  return Object.entries(limits.require).flatMap(([given, limit]): MonitorFinding[] => {
    const name = findMetric(given, limits.task).name;
    const value = estimate.metrics[name];
    if (value === undefined || value === null || limit === undefined) return [];
    const low = limit.min !== undefined;
    const bound = low ? limit.min : limit.max;
    if (bound === undefined) return [];
    const broken = low ? value < bound : value > bound;
    const doubt = estimate.calibrated ? "" : "; the model's probabilities are not calibrated";
    return [
      {
        area: "performance",
        name: `${name} (estimated)`,
        status: broken ? "warn" : "pass",
        value,
        limit: bound,
        passes: low ? "at_least" : "at_most",
        interval: estimate.intervals[name] ?? null,
        message: `estimated from the predicted probabilities of ${estimate.rows} rows, not measured${doubt}`,
      },
    ];
  });
}

function segmentFinding(segments: readonly SegmentReport[]): MonitorFinding[] {
  if (segments.length === 0) return [];
  const judged = segments.filter(({ status }) => status !== "skipped");
  const worse = judged.filter(({ status }) => status === "fail");
  const worst = worse
    .slice(0, 3)
    .map(({ column, value, metric, metricValue }) => `${column} = ${value}: ${metric} ${formatNumber(metricValue)}`);
  return [
    {
      area: "performance",
      name: "segments",
      status: judged.length === 0 ? "skipped" : worse.length > 0 ? "warn" : "pass",
      value: worse.length,
      limit: 0,
      passes: "at_most",
      interval: null,
      message:
        judged.length === 0
          ? "no segment has enough labelled rows"
          : worse.length === 0
            ? `none of ${judged.length} segments is significantly worse than the other rows`
            : worst.join("; "),
    },
  ];
}

function reasonToSkip({ rows, skipped }: PerformanceReport, { minimumRows }: PerformanceLimits): string | null {
  if (skipped !== undefined) return skipped;
  return rows < minimumRows ? `${rowsText({ rows })}, at least ${minimumRows} are needed` : null;
}

function rowsText({ rows }: { readonly rows: number }): string {
  return `${rows} labelled ${rows === 1 ? "row" : "rows"}`;
}
