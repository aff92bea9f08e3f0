/** Views of `mlctl monitor`: findings first, worst on top. */
import { formatNumber, intervalText, shortTime } from "../../core/text/format.ts";
import { limitText } from "../../core/text/limitText.ts";
import type { MonitorFinding } from "../../core/records/monitoring.ts";
import type { View, ViewTable } from "../../core/view.ts";
import type { MonitorResult } from "../../lifecycle/monitor/monitor.ts";
import type { WindowSummary } from "../../lifecycle/monitor/monitorRecord.ts";

/** Maximum number of columns in the drift table, drifted ones first. */
const MOST_COLUMNS = 30;

const SEGMENTS_SHOWN = 15;

export function monitoringView(result: MonitorResult): View {
  const { findings, window, reference, windows, alerts, performance, monitorId } = result;
  const bad = findings.filter(({ status }) => status === "fail" || status === "warn").length;
  const model = result.modelVersion === null ? "the model" : `model v${result.modelVersion}`;
  const verdict =
    bad > 0
      ? `${bad} of ${findings.length} checks found a problem`
      : result.status === "skipped"
        ? TOO_FEW_ROWS
        : "no problems";
  const rows = `${window.rows} ${window.rows === 1 ? "row" : "rows"}`;
  const isOne = windows.length < 2;
  const failed = windows.filter(({ status }) => status === "fail");
  return {
    title: isOne ? `${verdict}: ${model} on ${rows}, ${window.label}` : `${windowsVerdict(windows)}: ${model}`,
    tables: [
      ...(isOne ? [] : [{ title: "windows", ...windowsTable(windows) }]),
      { ...findingsTable(findings), ...(isOne ? {} : { title: `newest window, ${window.label}: ${verdict}` }) },
      ...driftTable(result),
      ...segmentTable(result),
      ...alertTable(alerts),
      ...statementsTable(result),
    ],
    fields: [
      ...(isOne ? [] : [["newest window", window.label] as const]),
      ["reference", `${reference.name}, ${reference.rows} rows`],
      ["labelled", `${window.labelled} of ${window.rows} rows, as of ${shortTime(result.asOf)}`],
      ...metricFields(performance),
    ],
    notes: result.dryRun ? ["dry run: nothing was recorded and no alert was sent"] : [],
    next:
      !isOne && failed.length > 0 && !result.dryRun
        ? `\`mlctl monitor --show ${failed.at(-1)!.monitorId}\` shows the window ${failed.at(-1)!.label} in full`
        : bad === 0
          ? "`mlctl monitor --history` shows earlier windows"
          : nextStep(result, monitorId),
  };
}

/** Of a window whose checks did not fail but that has fewer rows than `monitor.minimum_rows`. */
const TOO_FEW_ROWS = "too few rows";

/** Maximum number of failed windows that the title names. */
const NAMED_WINDOWS = 3;

/** "1 of 13 windows failed: rows 2001 to 2250; 1 has too few rows". */
export function windowsVerdict(windows: readonly Pick<WindowSummary, "status" | "label">[]): string {
  const labelled = (status: string): string[] =>
    windows.filter((each) => each.status === status).map(({ label }) => label);
  const [failed, warned, few] = [labelled("fail"), labelled("warn"), labelled("skipped")];
  const parts = [
    failed.length > 0 && `${failed.length} of ${windows.length} windows failed: ${named(failed)}`,
    failed.length === 0 && warned.length === 0 && `none of ${windows.length} windows failed`,
    warned.length > 0 && `${warned.length} of ${windows.length} windows with warnings: ${named(warned)}`,
    few.length > 0 && `${few.length} with ${TOO_FEW_ROWS}`,
  ];
  return parts.filter((part) => part !== false).join("; ");
}

function named(labels: readonly string[]): string {
  return `${labels.slice(-NAMED_WINDOWS).join(", ")}${labels.length > NAMED_WINDOWS ? ", …" : ""}`;
}

function nextStep({ findings }: MonitorResult, monitorId: string): string {
  const worst = findings[0];
  if (worst?.area === "quality") return `check the data; \`mlctl monitor --show ${monitorId}\` shows this result again`;
  return "ingest newer rows and run `mlctl train`, then `mlctl score` and `mlctl deploy`";
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
    rows: findings.map((finding) => {
      const { area, name, status, value, interval, message } = finding;
      const title = name.startsWith(area) || name.includes(area) ? name : `${area}: ${name}`;
      return [title, status, formatNumber(value), limitText(finding), intervalText(interval), message];
    }),
  };
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
        { header: "measure", leaveOut: 2 },
        "value",
        { header: "drift if", leaveOut: 3 },
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
      segment.status === "skipped" ? "too few rows" : segment.status === "fail" ? "worse" : "no worse",
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

/** Earlier results of this window, when fewer labels were known. */
function statementsTable({ statements, performance }: MonitorResult): ViewTable[] {
  if (statements.length === 0) return [];
  const rows = statements.map(({ asOf, labelled, rows: count, value }) => [shortTime(asOf), labelled, count, value]);
  const columns = ["as of", "labelled", "rows", { header: performance.metric, align: "right" as const }];
  return [{ title: "earlier results of this window", columns, rows }];
}

export function alertTable(alerts: MonitorResult["alerts"]): ViewTable[] {
  if (alerts.length === 0) return [];
  const rows = alerts.map(({ channel, change, status, subject, error }) => [channel, change, status, error ?? subject]);
  return [{ title: "alerts", columns: ["channel", "change", "status", "subject or error"], rows }];
}

function metricFields({ metrics, intervals, errorStandardDeviation, estimate }: MonitorResult["performance"]) {
  const shown = Object.entries(metrics).map(([name, value]) => {
    const interval = intervalText(intervals[name]);
    return [name, `${formatNumber(value)}${interval === null ? "" : ` (${interval})`}`] as const;
  });
  const deviation =
    errorStandardDeviation === null ? [] : [["error std", formatNumber(errorStandardDeviation)] as const];
  const estimates = Object.entries(estimate?.metrics ?? {}).map(([name, value]) => `${name} ${formatNumber(value)}`);
  const estimated = estimate === null ? [] : [["estimated without labels", estimates.join(", ")] as const];
  return [...shown, ...deviation, ...estimated];
}

function windowsTable(windows: readonly WindowSummary[]): ViewTable {
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
      each.status === "skipped" ? TOO_FEW_ROWS : each.status,
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
  if (windows.length === 0) return { title: "no monitoring results yet", next: "`mlctl monitor`" };
  return {
    tables: [windowsTable(windows)],
    next: `\`mlctl monitor --show ${windows[0]!.monitorId}\` shows one result in full`,
  };
}
