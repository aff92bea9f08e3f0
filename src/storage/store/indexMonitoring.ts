/** Indexes monitoring results in tables for dashboards: every row has the run, model version, window and file. */
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

export function indexMonitoring(execute: Execute, record: MonitorRecord): void {
  const { monitorId, createdAt, source, window, runId, modelVersion, modelSha256, status } = record;
  const { label, start, end, file, rows, labelled } = window;
  execute("DELETE FROM monitorings WHERE monitor_id = ?", monitorId);
  execute(
    "INSERT INTO monitorings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    monitorId,
    createdAt,
    source,
    label,
    start,
    end,
    file,
    rows,
    labelled,
    runId,
    modelVersion,
    modelSha256,
    status,
    JSON.stringify(record),
  );
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
      start,
      end,
      file,
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
