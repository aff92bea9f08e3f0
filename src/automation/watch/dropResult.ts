/** DropResult: what became of one dropped file; a line of `watch --json`: scripts rely on its keys, so add some, never change them. */
import type { MonitorArea, MonitorFinding } from "../../core/records/monitoring.ts";
import type { MonitorResult } from "../../lifecycle/monitor/monitor.ts";
import type { DropError } from "./dropErrors.ts";
import type { DropStatus } from "./dropSource.ts";

export interface DropMonitoring {
  readonly monitorId: string;
  readonly status: MonitorFinding["status"];
  /** Share of columns that drifted, and whether that is too many. */
  readonly driftShare: number | null;
  readonly drifted: boolean;
  readonly driftedColumns: readonly string[];
  /** Rows whose truth came with them. */
  readonly labelled: number;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Failures and warnings. */
  readonly findings: readonly Pick<MonitorFinding, "area" | "name" | "status" | "value" | "limit" | "message">[];
  readonly alerts: readonly { readonly channel: string; readonly subject: string; readonly status: string }[];
}

export interface DropResult {
  /** As it was dropped, and as it is called where it was put away. */
  readonly file: string;
  readonly name: string;
  readonly status: DropStatus;
  readonly at: string;
  readonly seconds: number;
  readonly attempts: number;
  readonly runId: string | null;
  readonly modelVersion: number | null;
  readonly rows: number;
  readonly rejected: number;
  /** Rows in the prediction log; null where none was asked for. */
  readonly logged: number | null;
  /** Why some rows are not in the log. */
  readonly logProblem: string | null;
  /** Where things are now: paths below the folder, or keys of the bucket. */
  readonly output: string | null;
  readonly rejectFile: string | null;
  readonly log: string;
  /** Null where monitoring is off, or there was nothing to look at. */
  readonly monitoring: DropMonitoring | null;
  /** Areas with a failure, and those where nothing could be judged. */
  readonly failed: readonly MonitorArea[];
  readonly unjudged: readonly MonitorArea[];
  readonly warnings: readonly string[];
  readonly error: DropError | null;
}

export function dropMonitoring(result: MonitorResult): DropMonitoring {
  const { drift, window, performance, findings, alerts } = result;
  const moved = Object.entries(drift.columns).filter(([, { drifted }]) => drifted);
  return {
    monitorId: result.monitorId,
    status: result.status,
    driftShare: drift.dataset.share,
    drifted: drift.dataset.detected,
    driftedColumns: moved.map(([name]) => name),
    labelled: window.labelled,
    metrics: performance.metrics,
    findings: findings
      .filter(({ status }) => status === "fail" || status === "warn")
      .map(({ area, name, status, value, limit, message }) => ({ area, name, status, value, limit, message })),
    alerts: alerts.map(({ channel, subject, status }) => ({ channel, subject, status })),
  };
}
