/** Writes metrics in Prometheus' text format, version 0.0.4. */
import type { DriftReport } from "../../core/records/drift.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { LATENCY_EDGES, type MetricsSnapshot } from "../state/metrics.ts";

export interface MetricsFacts {
  readonly codeVersion: string;
  /** Null while nothing is deployed. */
  readonly runId: string | null;
  readonly deploymentId: number | null;
  /** When the server started, in seconds since 1970. */
  readonly startedAt: number;
  /** The newest result of monitoring of the deployed model; null if there is none. */
  readonly monitoring: Pick<MonitorRecord, "createdAt" | "drift" | "performance" | "findings"> | null;
}

type Sample = readonly [labels: Readonly<Record<string, string | number>>, value: number];

export function metricsText(snapshot: MetricsSnapshot, facts: MetricsFacts): string {
  return [
    ...requestFamilies(snapshot),
    ...modelFamilies(snapshot, facts),
    ...monitoringFamilies(facts.monitoring),
  ].join("");
}

function requestFamilies(snapshot: MetricsSnapshot): string[] {
  const requests = Object.entries(snapshot.requests).map(([key, count]): Sample => {
    const [method, route, status] = key.split(" ");
    return [{ method: method!, route: route!, status: status! }, count];
  });
  const rejected = Object.entries(snapshot.rejected).map(([reason, count]): Sample => [{ reason }, count]);
  return [
    counter("mlctl_http_requests_total", "Requests finished, by method, route and status", requests),
    latencyFamily(snapshot),
    gauge("mlctl_http_requests_in_flight", "Requests in progress", snapshot.inFlight),
    counter(
      "mlctl_http_requests_refused_total",
      "Requests refused because too many were in progress",
      snapshot.refused,
    ),
    counter(
      "mlctl_http_requests_rejected_total",
      "Requests refused or ended by a limit of one caller, by reason",
      rejected,
    ),
  ];
}

function latencyFamily({ latency, latencySum }: MetricsSnapshot): string {
  const name = "mlctl_http_request_duration_seconds";
  const lines = Object.entries(latency).flatMap(([route, counts]) => {
    let below = 0;
    const buckets = counts.map((count, i) => {
      below += count;
      return line(`${name}_bucket`, { route, le: LATENCY_EDGES[i] ?? "+Inf" }, below);
    });
    return [...buckets, line(`${name}_sum`, { route }, latencySum[route]!), line(`${name}_count`, { route }, below)];
  });
  return `${head(name, "histogram", "Seconds from the start of a request to the end of its response")}${lines.join("")}`;
}

function modelFamilies(snapshot: MetricsSnapshot, facts: MetricsFacts): string[] {
  const { log, swaps, swapFailures, memoryBytes, workers } = snapshot;
  const predictions = Object.entries(snapshot.predictions).map(([label, count]): Sample => [
    label === "" ? {} : { class: label },
    count,
  ]);
  const { runId, deploymentId, codeVersion, startedAt } = facts;
  const info =
    runId === null ? [] : [[{ run_id: runId, deployment_id: deploymentId ?? "", version: codeVersion }, 1] as const];
  const failing = "Server processes that cannot write the prediction log, or not fast enough";
  return [
    counter("mlctl_predictions_total", "Predictions, by predicted class", predictions),
    gauge("mlctl_model_info", "The deployed run", info),
    gauge("mlctl_ready", "1 if a model is deployed", runId === null ? 0 : 1),
    counter("mlctl_deployment_swaps_total", "Deployments loaded and served", swaps),
    counter("mlctl_deployment_failures_total", "Deployments refused", swapFailures),
    gauge("mlctl_prediction_log_queued", "Predictions waiting to be written to the log", log.queued),
    counter("mlctl_prediction_log_written_total", "Predictions written to the log", log.written),
    counter("mlctl_prediction_log_dropped_total", "Predictions that the log dropped", log.dropped),
    gauge("mlctl_prediction_log_failing", failing, log.failing),
    gauge("mlctl_workers", "Server processes", workers),
    gauge("process_resident_memory_bytes", "Resident memory of all workers in bytes", memoryBytes),
    gauge("process_start_time_seconds", "Start time of the server in seconds since 1970", startedAt),
  ];
}

function monitoringFamilies(monitoring: MetricsFacts["monitoring"]): string[] {
  if (monitoring === null) return [];
  const { createdAt, drift, performance, findings } = monitoring;
  const failed = (["drift", "quality", "performance"] as const).map((area): Sample => {
    return [{ area }, findings.filter((each) => each.area === area && each.status === "fail").length];
  });
  const tested = measured({ [performance.metric]: performance.reference });
  return [
    ...driftFamilies(drift),
    gauge("mlctl_model_metric", "Metrics of the labelled rows of the newest window", measured(performance.metrics)),
    gauge("mlctl_model_metric_test", "The main metric on the test data", tested),
    gauge("mlctl_monitoring_failures", "Checks that failed in the newest window, by area", failed),
    gauge(
      "mlctl_monitoring_time_seconds",
      "When monitoring last ran, in seconds since 1970",
      Date.parse(createdAt) / 1000,
    ),
  ];
}

function measured(values: Readonly<Record<string, number | null>>): Sample[] {
  return Object.entries(values).flatMap(([metric, value]) => (value === null ? [] : [[{ metric }, value]]));
}

function driftFamilies(drift: DriftReport): string[] {
  const columns = Object.entries(drift.columns).filter(([, { skipped }]) => skipped === undefined);
  const tested = (of: "value" | "limit"): Sample[] =>
    columns.map(([column, { test, measure, [of]: value }]) => [{ column, test, measure }, value]);
  const drifted = columns.map(([column, each]): Sample => [{ column }, each.drifted ? 1 : 0]);
  const limits = "Limit of the drift test: a p-value drifts below it, a distance above it";
  return [
    gauge("mlctl_drift_value", "p-value or distance of a column's drift test in the newest window", tested("value")),
    gauge("mlctl_drift_limit", limits, tested("limit")),
    gauge("mlctl_drift_detected", "1 if the column drifted in the newest window", drifted),
    gauge("mlctl_drift_share", "Share of columns that drifted", drift.dataset.share ?? []),
  ];
}

/** Values with labels, or one without; a metric without values is left out. */
type Values = readonly Sample[] | number;

function counter(name: string, help: string, values: Values): string {
  return family(name, "counter", help, values);
}

function gauge(name: string, help: string, values: Values): string {
  return family(name, "gauge", help, values);
}

function family(name: string, type: string, help: string, values: Values): string {
  const samples: readonly Sample[] = typeof values === "number" ? [[{}, values]] : values;
  if (samples.length === 0) return "";
  return `${head(name, type, help)}${samples.map(([labels, value]) => line(name, labels, value)).join("")}`;
}

function head(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function line(name: string, labels: Sample[0], value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escape(String(text))}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
