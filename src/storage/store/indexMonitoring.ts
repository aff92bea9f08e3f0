/** Indexes the values of monitoring results for dashboards: every row has the run, model version, window and file. */
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import type { Execute } from "./execute.ts";

/** A row of monitor_values without the columns that all rows of a record share. */
interface Value {
  readonly kind: "finding" | "metric" | "estimate" | "drift";
  readonly area: string;
  readonly name: string;
  readonly value: number | null;
  readonly interval?: readonly [number, number] | null | undefined;
  readonly bound?: number | null;
  readonly status?: string;
  readonly message?: string;
}

export function indexMonitorValues(execute: Execute, record: MonitorRecord): void {
  const { monitorId, createdAt, window, runId, modelVersion } = record;
  for (const value of valuesOf(record)) {
    execute(
      "INSERT OR REPLACE INTO monitor_values VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      monitorId,
      value.kind,
      value.area,
      value.name,
      value.value,
      value.interval?.[0],
      value.interval?.[1],
      value.bound,
      value.status,
      value.message,
      runId,
      modelVersion,
      window.start,
      window.end,
      window.file,
      createdAt,
    );
  }
}

function valuesOf({ findings, performance, drift }: MonitorRecord): Value[] {
  const metrics = Object.entries(performance.metrics).map(([name, value]): Value => {
    return { kind: "metric", area: "performance", name, value, interval: performance.intervals[name] };
  });
  const { estimate, errorStandardDeviation: deviation } = performance;
  const estimates = Object.entries(estimate?.metrics ?? {}).map(([name, value]): Value => {
    return { kind: "estimate", area: "performance", name, value, interval: estimate?.intervals[name] };
  });
  const target = drift.target === null ? [] : [["target", drift.target] as const];
  const columns = [...Object.entries(drift.columns), ...target].map(([name, column]): Value => {
    const { value, limit, drifted, skipped, test } = column;
    const status = skipped === undefined ? (drifted ? "fail" : "pass") : "skipped";
    return { kind: "drift", area: "drift", name, value, bound: limit, status, message: skipped ?? test };
  });
  return [
    ...findings.map(({ area, name, value, interval, limit, status, message }): Value => {
      return { kind: "finding", area, name, value, interval, bound: limit, status, message };
    }),
    ...metrics,
    ...(deviation === null
      ? []
      : [{ kind: "metric", area: "performance", name: "error_std", value: deviation } as const]),
    ...estimates,
    ...columns,
  ];
}
