/** What monitoring found, as people read it: findings first, the worst on top. */
import { formatNumber, shortTime } from "../core/text/format.ts";
import type { MonitorFinding } from "../core/records/monitoring.ts";
import type { View, ViewTable } from "../core/view.ts";
import type { MonitorResult } from "../lifecycle/monitor/monitor.ts";
import type { WindowSummary } from "../lifecycle/monitor/monitorRecord.ts";

/** Columns that did not drift are listed up to this many. */
const MOST_COLUMNS = 30;

const SEGMENTS_SHOWN = 15;

export function monitoringView(result: MonitorResult): View {
  const { findings, window, reference, windows, alerts, performance, monitorId } = result;
  const bad = findings.filter(({ status }) => status === "fail" || status === "warn").length;
  const model = result.modelVersion === null ? "the model" : `model v${result.modelVersion}`;
  const verdict = bad === 0 ? "nothing to report" : `${bad} of ${findings.length} checks need a look`;
  return {
    title: `${verdict}: ${model} on ${window.rows} rows, ${window.label}`,
    tables: [
      findingsTable(findings),
      ...(windows.length > 1 ? [{ title: "windows", ...windowsTable(windows) }] : []),
      ...driftTable(result),
      ...segmentTable(result),
      ...alertTable(alerts),
      ...statementsTable(result),
    ],
    fields: [
      ["reference", `${reference.name}, ${reference.rows} rows`],
      ["truth known", `${window.labelled} of ${window.rows} rows, as of ${shortTime(result.asOf)}`],
      ...metricFields(performance),
    ],
    notes: result.dryRun ? ["a dry run: nothing was kept, nobody was told"] : [],
    next: bad === 0 ? "`mlctl monitor --history` shows earlier windows" : nextStep(result, monitorId),
  };
}

function nextStep({ findings }: MonitorResult, monitorId: string): string {
  const worst = findings[0];
  if (worst?.area === "quality") return `look at the data; \`mlctl monitor --show ${monitorId}\` shows this again`;
  return "ingest newer rows and `mlctl train`, then `mlctl score` and `mlctl deploy`";
}

function findingsTable(findings: readonly MonitorFinding[]): ViewTable {
  return {
    columns: [
      { header: "finding", overflow: "wrap" },
      "status",
      { header: "value", align: "right" },
      "limit",
      { header: "interval", leaveOut: 1 },
      { header: "message", overflow: "wrap" },
    ],
    rows: findings.map(({ area, name, status, value, limit, passes, interval, message }) => [
      name.startsWith(area) || name.includes(area) ? name : `${area}: ${name}`,
      status,
      formatNumber(value),
      limit === null || passes === null ? null : `${passes === "at_most" ? "≤" : "≥"} ${formatNumber(limit)}`,
      intervalText(interval),
      message,
    ]),
  };
}

function intervalText(interval: readonly [number, number] | null | undefined): string | null {
  return interval === null || interval === undefined
    ? null
    : `${formatNumber(interval[0])} to ${formatNumber(interval[1])}`;
}

function driftTable({ drift }: MonitorResult): ViewTable[] {
  const target = drift.target === null ? [] : [["(target)", drift.target] as const];
  const all = [...target, ...Object.entries(drift.columns)];
  const sorted = all.toSorted(([, a], [, b]) => Number(b.drifted) - Number(a.drifted) || (b.psi ?? -1) - (a.psi ?? -1));
  if (sorted.length === 0) return [];
  const rows = sorted
    .slice(0, MOST_COLUMNS)
    .map(([name, { test, measure, value, limit, psi, drifted, skipped, note }]) => [
      name,
      skipped === undefined ? (drifted ? "yes" : "no") : "skipped",
      test,
      measure === "p_value" ? "p-value" : "distance",
      value,
      `${measure === "p_value" ? "<" : "≥"} ${formatNumber(limit)}`,
      psi,
      skipped ?? note ?? "",
    ]);
  const more = sorted.length > MOST_COLUMNS ? `, ${sorted.length - MOST_COLUMNS} more with --json` : "";
  return [
    {
      title: `drift by column${more}`,
      columns: [
        "column",
        "drifted",
        "test",
        { header: "what", leaveOut: 2 },
        "value",
        { header: "drifts", leaveOut: 3 },
        { header: "psi", leaveOut: 1 },
        { header: "note", overflow: "wrap" },
      ],
      rows,
    },
  ];
}

function segmentTable({ segments }: MonitorResult): ViewTable[] {
  if (segments.length === 0) return [];
  const rows = segments
    .slice(0, SEGMENTS_SHOWN)
    .map((segment) => [
      `${segment.column} = ${segment.value}`,
      segment.status === "skipped" ? "too few" : segment.status === "fail" ? "worse" : "as others",
      segment.metricValue,
      intervalText(segment.interval),
      segment.labelled,
      segment.rows,
    ]);
  const more = segments.length > SEGMENTS_SHOWN ? `, ${segments.length - SEGMENTS_SHOWN} more with --json` : "";
  const metric = segments[0]!.metric;
  return [
    {
      title: `segments, worst first${more}`,
      columns: ["segment", "verdict", metric, "interval", "labelled", "rows"],
      rows,
    },
  ];
}

/** What was said of the window while fewer labels were known. */
function statementsTable({ statements, performance }: MonitorResult): ViewTable[] {
  if (statements.length === 0) return [];
  const rows = statements.map((said) => [shortTime(said.asOf), said.labelled, said.rows, said.value]);
  const columns = ["as of", "labelled", "rows", { header: performance.metric, align: "right" as const }];
  return [{ title: "said before of this window", columns, rows }];
}

function alertTable(alerts: MonitorResult["alerts"]): ViewTable[] {
  if (alerts.length === 0) return [];
  const rows = alerts.map(({ channel, change, status, subject, error }) => [channel, change, status, error ?? subject]);
  return [{ title: "alerts", columns: ["channel", "change", "status", "what"], rows }];
}

function metricFields({ metrics, intervals, errorStandardDeviation, estimate }: MonitorResult["performance"]) {
  const shown = Object.entries(metrics).map(([name, value]) => {
    const interval = intervalText(intervals[name]);
    return [name, `${formatNumber(value)}${interval === null ? "" : ` (${interval})`}`] as const;
  });
  const spread = errorStandardDeviation === null ? [] : [["error std", formatNumber(errorStandardDeviation)] as const];
  const guess =
    estimate === null
      ? []
      : [
          [
            "estimated without truth",
            Object.entries(estimate.metrics)
              .map(([name, value]) => `${name} ${formatNumber(value)}`)
              .join(", "),
          ] as const,
        ];
  return [...shown, ...spread, ...guess];
}

export function windowsTable(windows: readonly WindowSummary[]): ViewTable {
  return {
    columns: [
      "id",
      "window",
      "status",
      { header: "rows", leaveOut: 4 },
      { header: "labelled", leaveOut: 3 },
      "drift share",
      { header: "metric", leaveOut: 5 },
      "value",
      { header: "interval", leaveOut: 2 },
      { header: "as of", leaveOut: 1 },
    ],
    rows: windows.map((each) => [
      each.monitorId,
      each.label,
      each.status,
      each.rows,
      each.labelled,
      each.driftShare,
      each.metric,
      each.value,
      intervalText(each.interval),
      shortTime(each.asOf),
    ]),
  };
}

export function historyView(windows: readonly WindowSummary[]): View {
  if (windows.length === 0) return { title: "nothing was watched yet", next: "`mlctl monitor`" };
  return {
    tables: [windowsTable(windows)],
    next: `\`mlctl monitor --show ${windows[0]!.monitorId}\` shows one in full`,
  };
}
