/** GET /metrics in Prometheus' text format, version 0.0.4. */
import { codeVersion } from "../../config/codeVersion.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { ESTIMATED } from "../../monitoring/performanceFindings.ts";
import { endpoint } from "../http/endpoint.ts";
import type { App } from "../http/http.ts";
import { storedMonitoring } from "../state/liveStore.ts";
import { LATENCY_EDGES, type MetricsSnapshot } from "../state/metrics.ts";
import type { ServerState } from "../state/serverState.ts";

export function registerMetrics(app: App, state: ServerState): void {
  const declared = endpoint({
    id: "getMetrics",
    tag: "health",
    scopes: ["read"],
    summary: "Metrics of all workers in Prometheus' text format",
    returns: { "text/plain": { type: "string" } },
  });
  const version = codeVersion();
  app.get("/metrics", declared, async (_request, reply) => {
    const deployment = state.serving?.served.deployment;
    const text = metricsText(await state.allMetrics(), {
      codeVersion: version,
      runId: deployment?.runId ?? null,
      deploymentId: deployment?.deploymentId ?? null,
      startedAt: state.startedAt.getTime() / 1000,
      monitoring: deployment === undefined ? null : storedMonitoring(state.store, deployment.model.sha256),
    });
    return reply.header("content-type", "text/plain; version=0.0.4; charset=utf-8").send(text);
  });
}

interface MetricsFacts {
  readonly codeVersion: string;
  readonly runId: string | null;
  readonly deploymentId: number | null;
  readonly startedAt: number;
  /** The newest result of monitoring of the deployed model; null if there is none. */
  readonly monitoring: Pick<MonitorRecord, "createdAt" | "drift" | "performance" | "findings"> | null;
}

type Sample = readonly [labels: Readonly<Record<string, string | number>>, value: number];

/** Values with labels, or one without; a metric without values is left out. */
type Family = readonly [name: string, help: string, values: readonly Sample[] | number];

export function metricsText(snapshot: MetricsSnapshot, facts: MetricsFacts): string {
  const families = [
    ...requestFamilies(snapshot),
    ...modelFamilies(snapshot, facts),
    ...monitoringFamilies(facts.monitoring),
  ];
  return latencyFamily(snapshot) + families.map(familyText).join("");
}

function requestFamilies(snapshot: MetricsSnapshot): Family[] {
  const requests = Object.entries(snapshot.requests).map(([key, count]): Sample => {
    const [method, route, status] = key.split(" ");
    return [{ method: method!, route: route!, status: status! }, count];
  });
  const { inFlight, refused } = snapshot;
  const rejected = Object.entries(snapshot.rejected).map(([reason, count]): Sample => [{ reason }, count]);
  const byReason = "Requests refused or ended by a limit of one caller, by reason";
  return [
    ["mlctl_http_requests_total", "Requests finished, by method, route and status", requests],
    ["mlctl_http_requests_in_flight", "Requests in progress", inFlight],
    ["mlctl_http_requests_refused_total", "Requests refused because too many were in progress", refused],
    ["mlctl_http_requests_rejected_total", byReason, rejected],
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

function modelFamilies(snapshot: MetricsSnapshot, facts: MetricsFacts): Family[] {
  const { log, swaps, swapFailures, memoryBytes, workers } = snapshot;
  const predictions = Object.entries(snapshot.predictions).map(([label, count]): Sample => [
    label === "" ? {} : { class: label },
    count,
  ]);
  const { runId, deploymentId, codeVersion: version, startedAt } = facts;
  const info = runId === null ? [] : [[{ run_id: runId, deployment_id: deploymentId ?? "", version }, 1] as const];
  const failing = "Server processes that cannot write the prediction log, or not fast enough";
  return [
    ["mlctl_predictions_total", "Predictions, by predicted class", predictions],
    ["mlctl_model_info", "The deployed run", info],
    ["mlctl_ready", "1 if a model is deployed", runId === null ? 0 : 1],
    ["mlctl_deployment_swaps_total", "Deployments loaded and served", swaps],
    ["mlctl_deployment_failures_total", "Deployments refused", swapFailures],
    ["mlctl_prediction_log_queued", "Predictions waiting to be written to the log", log.queued],
    ["mlctl_prediction_log_written_total", "Predictions written to the log", log.written],
    ["mlctl_prediction_log_dropped_total", "Predictions that the log dropped", log.dropped],
    ["mlctl_prediction_log_failing", failing, log.failing],
    ["mlctl_workers", "Server processes", workers],
    ["process_resident_memory_bytes", "Resident memory of all workers in bytes", memoryBytes],
    ["process_start_time_seconds", "Start time of the server in seconds since 1970", startedAt],
  ];
}

function monitoringFamilies(monitoring: MetricsFacts["monitoring"]): Family[] {
  if (monitoring === null) return [];
  const { createdAt, drift, performance, findings } = monitoring;
  const columns = Object.entries(drift.columns).filter(([, { skipped }]) => skipped === undefined);
  const tested = (of: "value" | "limit"): Sample[] =>
    columns.map(([column, { test, measure, [of]: value }]) => [{ column, test, measure }, value]);
  const drifted = columns.map(([column, each]): Sample => [{ column }, each.drifted ? 1 : 0]);
  const judged = findings.filter(({ name, status }) => status !== "skipped" && !name.endsWith(ESTIMATED));
  const failed = [...new Set(judged.map(({ area }) => area))].map((area): Sample => {
    return [{ area }, judged.filter((each) => each.area === area && each.status === "fail").length];
  });
  const value = "p-value or distance of a column's drift test in the newest window";
  const limit =
    "Limit of the drift test: a p-value below it or a distance above it can be drift, see mlctl_drift_detected";
  const onTest = measured({ [performance.metric]: performance.reference });
  const failures = "Checks that failed in the newest window, by area; none for an area that was not judged";
  const ran = "When monitoring last ran, in seconds since 1970";
  return [
    ["mlctl_drift_value", value, tested("value")],
    ["mlctl_drift_limit", limit, tested("limit")],
    [
      "mlctl_drift_detected",
      "1 if the column drifted in the newest window; 0 beyond the limit if the change is small or usual for the season",
      drifted,
    ],
    ["mlctl_drift_share", "Share of columns that drifted", drift.dataset.share ?? []],
    ["mlctl_model_metric", "Metrics of the labelled rows of the newest window", measured(performance.metrics)],
    ["mlctl_model_metric_test", "The main metric on the test data", onTest],
    ["mlctl_monitoring_failures", failures, failed],
    ["mlctl_monitoring_time_seconds", ran, Date.parse(createdAt) / 1000],
  ];
}

function measured(values: Readonly<Record<string, number | null>>): Sample[] {
  return Object.entries(values).flatMap(([metric, value]) => (value === null ? [] : [[{ metric }, value]]));
}

/** Prometheus' naming: only counters end in _total. */
function familyText([name, help, values]: Family): string {
  const samples: readonly Sample[] = typeof values === "number" ? [[{}, values]] : values;
  if (samples.length === 0) return "";
  const type = name.endsWith("_total") ? "counter" : "gauge";
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
