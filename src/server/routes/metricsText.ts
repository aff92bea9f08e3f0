/** Writes metrics in Prometheus' text format, version 0.0.4. */
import type { DriftReport } from "../../core/records/drift.ts";
import { LATENCY_EDGES, type MetricsSnapshot } from "../state/metrics.ts";

export interface MetricsFacts {
  readonly codeVersion: string;
  /** Null while nothing is deployed. */
  readonly runId: string | null;
  readonly deploymentId: number | null;
  /** When the server started, in seconds since 1970. */
  readonly startedAt: number;
  /** The newest stored drift report of the deployed model; null if there is none. */
  readonly drift: DriftReport | null;
}

type Sample = readonly [labels: Readonly<Record<string, string | number>>, value: number];

export function metricsText(snapshot: MetricsSnapshot, facts: MetricsFacts): string {
  return [...requestFamilies(snapshot), ...modelFamilies(snapshot, facts), ...driftFamilies(facts.drift)].join("");
}

function requestFamilies(snapshot: MetricsSnapshot): string[] {
  const requests = Object.entries(snapshot.requests).map(([key, count]): Sample => {
    const [method, route, status] = key.split(" ");
    return [{ method: method!, route: route!, status: status! }, count];
  });
  return [
    family("mlctl_http_requests_total", "counter", "Requests finished, by method, route and status", requests),
    latencyFamily(snapshot),
    family("mlctl_http_requests_in_flight", "gauge", "Requests in progress", [[{}, snapshot.inFlight]]),
    family("mlctl_http_requests_refused_total", "counter", "Requests refused because too many were in progress", [
      [{}, snapshot.refused],
    ]),
    family(
      "mlctl_http_requests_rejected_total",
      "counter",
      "Requests refused or ended by a limit of one caller, by reason",
      Object.entries(snapshot.rejected).map(([reason, count]): Sample => [{ reason }, count]),
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
  const info =
    facts.runId === null
      ? []
      : [[{ run_id: facts.runId, deployment_id: facts.deploymentId ?? "", version: facts.codeVersion }, 1] as const];
  return [
    family("mlctl_predictions_total", "counter", "Predictions, by predicted class", predictions),
    family("mlctl_model_info", "gauge", "The deployed run", info),
    family("mlctl_ready", "gauge", "1 if a model is deployed", one(facts.runId === null ? 0 : 1)),
    family("mlctl_deployment_swaps_total", "counter", "Deployments loaded and served", one(swaps)),
    family("mlctl_deployment_failures_total", "counter", "Deployments refused", one(swapFailures)),
    family("mlctl_prediction_log_queued", "gauge", "Predictions waiting to be written to the log", one(log.queued)),
    family("mlctl_prediction_log_written_total", "counter", "Predictions written to the log", one(log.written)),
    family("mlctl_prediction_log_dropped_total", "counter", "Predictions that the log dropped", one(log.dropped)),
    family(
      "mlctl_prediction_log_failing",
      "gauge",
      "Server processes that cannot write the prediction log, or not fast enough",
      one(log.failing),
    ),
    family("mlctl_workers", "gauge", "Server processes", one(workers)),
    family("process_resident_memory_bytes", "gauge", "Resident memory of all workers in bytes", one(memoryBytes)),
    family(
      "process_start_time_seconds",
      "gauge",
      "Start time of the server in seconds since 1970",
      one(facts.startedAt),
    ),
  ];
}

function driftFamilies(drift: DriftReport | null): string[] {
  if (drift === null) return [];
  const columns = Object.entries(drift.columns).filter(([, { skipped }]) => skipped === undefined);
  const { share } = drift.dataset;
  return [
    family(
      "mlctl_drift_value",
      "gauge",
      "p-value or distance of a column's drift test in the newest window",
      columns.map(([column, { test, measure, value }]): Sample => [{ column, test, measure }, value]),
    ),
    family(
      "mlctl_drift_limit",
      "gauge",
      "Limit of the drift test: a p-value drifts below it, a distance above it",
      columns.map(([column, { test, measure, limit }]): Sample => [{ column, test, measure }, limit]),
    ),
    family(
      "mlctl_drift_detected",
      "gauge",
      "1 if the column drifted in the newest window",
      columns.map(([column, { drifted }]): Sample => [{ column }, drifted ? 1 : 0]),
    ),
    family("mlctl_drift_share", "gauge", "Share of columns that drifted", share === null ? [] : one(share)),
  ];
}

function one(value: number): Sample[] {
  return [[{}, value]];
}

function family(name: string, type: string, help: string, samples: readonly Sample[]): string {
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
