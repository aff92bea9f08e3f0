/** Views of `mlctl monitor`: findings first, worst on top. */
import { counted, formatNumber, intervalText, shortTime, present } from "../../core/text/format.ts";
import { estimateDoubt, limitText, notJudged, pValueName, sampledNote } from "../../core/text/recordText.ts";
import type { MonitorFinding, DriftReport } from "../../core/records/monitoring.ts";
import type { View, ViewTable } from "../../core/view.ts";
import type { MonitorResult } from "../../lifecycle/monitor/monitor.ts";
import type { WindowSummary } from "../../lifecycle/monitor/monitorRecord.ts";
import { statusWord, tableOf } from "./tableOf.ts";

export function monitoringView(result: MonitorResult): View {
  const { drift, findings, window, reference, windows, alerts, performance, monitorId } = result;
  const bad = findings.filter(({ status }) => status === "fail" || status === "warn").length;
  const model = result.modelVersion === null ? "the model" : `model v${result.modelVersion}`;
  const verdict =
    bad > 0
      ? `${bad} of ${findings.length} checks found a problem`
      : result.status === "skipped"
        ? notJudged(result.drift)
        : "no problems";
  const rows = counted(window.rows, "row");
  const isOne = windows.length < 2;
  const failed = windows.filter(({ status }) => status === "fail");
  return {
    title: isOne ? `${verdict}: ${model} on ${rows}, ${window.label}` : `${windowsVerdict(windows)}: ${model}`,
    tables: [
      ...(isOne ? [] : [{ title: "windows", ...windowsTable(windows) }]),
      { ...findingsTable(findings), ...(isOne ? {} : { title: `newest window, ${window.label}: ${verdict}` }) },
      driftTable(result.drift, result.muted),
      segmentTable(result),
      alertTable(alerts),
      {
        title: "earlier results of this window",
        columns: ["as of", "labelled", "rows", { header: performance.metric, align: "right" }],
        rows: result.statements.map(({ asOf, labelled, rows: count, value }) => [
          shortTime(asOf),
          labelled,
          count,
          value,
        ]),
      },
    ],
    fields: [
      !isOne && ["newest window", window.label],
      ["reference", `${reference.name}, ${reference.rows} rows${sampledNote(drift)}`],
      ["labelled", `${window.labelled} of ${window.rows} rows, as of ${shortTime(result.asOf)}`],
      ...metricFields(performance),
    ],
    notes: [result.dryRun && "dry run: nothing was recorded and no alert was sent"],
    next:
      !isOne && failed.length > 0 && !result.dryRun
        ? `\`mlctl monitor --show ${failed.at(-1)!.monitorId}\` shows the window ${failed.at(-1)!.label} in full`
        : bad === 0
          ? "`mlctl monitor --history` shows earlier windows"
          : findings[0]?.area === "quality"
            ? `check the data; \`mlctl monitor --show ${monitorId}\` shows this result again`
            : "ingest newer rows and run `mlctl train`, then `mlctl score` and `mlctl deploy`",
  };
}

/** Of a window whose checks did not fail but that has fewer rows than `monitor.minimum_rows`. */
const TOO_FEW_ROWS = "too few rows";

const NAMED_WINDOWS = 3;

/** "1 of 13 windows failed: rows 2001 to 2250; 1 has too few rows". */
export function windowsVerdict(windows: readonly Pick<WindowSummary, "status" | "label">[]): string {
  const labelled = (status: string): string[] =>
    windows.filter((each) => each.status === status).map(({ label }) => label);
  const [failed, warned, few] = [labelled("fail"), labelled("warn"), labelled("skipped")];
  const parts = present([
    failed.length > 0 && `${failed.length} of ${windows.length} windows failed: ${named(failed)}`,
    failed.length === 0 && warned.length === 0 && `none of ${windows.length} windows failed`,
    warned.length > 0 && `${warned.length} of ${windows.length} windows with warnings: ${named(warned)}`,
    few.length > 0 && `${few.length} with ${TOO_FEW_ROWS}`,
  ]);
  return parts.join("; ");
}

function named(labels: readonly string[]): string {
  return `${labels.slice(-NAMED_WINDOWS).join(", ")}${labels.length > NAMED_WINDOWS ? ", …" : ""}`;
}

function findingsTable(findings: readonly MonitorFinding[]): ViewTable {
  return tableOf(findings, [
    [{ header: "finding", overflow: "wrap" }, ({ area, name }) => (name.includes(area) ? name : `${area}: ${name}`)],
    ["status", statusWord],
    [{ header: "value", align: "right" }, ({ value }) => formatNumber(value)],
    ["limit", limitText],
    [{ header: "interval", leaveOut: 1 }, ({ interval }) => intervalText(interval)],
    [{ header: "message", overflow: "wrap" }, ({ message }) => message],
  ]);
}

export function driftTable(drift: DriftReport, muted: readonly string[] = []): ViewTable {
  const target = drift.target ? [["(target)", drift.target] as const] : [];
  const all = [...target, ...Object.entries(drift.columns)];
  const sorted = all.toSorted(([, a], [, b]) => Number(b.drifted) - Number(a.drifted) || (b.psi ?? -1) - (a.psi ?? -1));
  const table = tableOf(sorted, [
    ["column", ([name]) => name],
    ["drifted", ([, { skipped, drifted }]) => (skipped !== undefined ? "skipped" : drifted ? "yes" : "no")],
    ["test", ([, { test }]) => test],
    [{ header: "measure", leaveOut: 2 }, ([, { measure }]) => (measure === "p_value" ? pValueName(drift) : "distance")],
    ["value", ([, { value }]) => value],
    [
      { header: "drift if", leaveOut: 3 },
      ([, { measure, limit }]) => `${measure === "p_value" ? "<" : "≥"} ${formatNumber(limit)}`,
    ],
    [{ header: "psi", leaveOut: 1 }, ([, { psi }]) => psi],
    [
      { header: "note", overflow: "wrap" },
      ([name, { skipped, note }]) => present([muted.includes(name) && "muted", skipped ?? note]).join("; "),
    ],
  ]);
  return { title: "drift by column", most: 30, ...table };
}

function segmentTable({ segments }: MonitorResult): ViewTable {
  const table = tableOf(segments, [
    ["segment", ({ column, value }) => `${column} = ${value}`],
    ["verdict", ({ status }) => (status === "skipped" ? TOO_FEW_ROWS : status === "fail" ? "worse" : "no worse")],
    [segments[0]?.metric ?? "", ({ metricValue }) => metricValue],
    ["interval", ({ interval }) => intervalText(interval)],
    ["labelled", ({ labelled }) => labelled],
    ["rows", ({ rows }) => rows],
  ]);
  return { title: "segments, worst first", most: 15, ...table };
}

export function alertTable(alerts: MonitorResult["alerts"]): ViewTable {
  const rows = alerts.map(({ channel, change, status, subject, error }) => [channel, change, status, error ?? subject]);
  return { title: "alerts", columns: ["channel", "change", "status", "subject or error"], rows };
}

function metricFields({ metrics, intervals, errorStandardDeviation, estimate, money }: MonitorResult["performance"]) {
  const shown = Object.entries(metrics).map(([name, value]) => {
    const interval = intervalText(intervals[name]);
    const range = interval === null ? "" : ` (${interval})`;
    if (name !== "cost" || money === undefined) return [name, `${formatNumber(value)}${range}`] as const;
    const before = money.reference === null ? "" : `; ${formatNumber(money.reference)} on the test rows at deployment`;
    const { everyRow = Infinity, noRow = Infinity } = money;
    const every = everyRow < value! ? `; an alarm for every row would be cheaper: ${formatNumber(everyRow)}` : "";
    const none = noRow < value! ? `; no alarm at all would be cheaper: ${formatNumber(noRow)}` : "";
    return [name, `${formatNumber(value)} ${money.unit}${range}${before}${every}${none}`] as const;
  });
  const estimates = Object.entries(estimate?.metrics ?? {}).map(([name, value]) => `${name} ${formatNumber(value)}`);
  const doubt = estimate === null ? "" : estimateDoubt(estimate);
  return [
    ...shown,
    errorStandardDeviation !== null && (["error std", formatNumber(errorStandardDeviation)] as const),
    estimate !== null && (["estimated without labels", `${estimates.join(", ")}${doubt && ` (${doubt})`}`] as const),
  ];
}

function windowsTable(windows: readonly WindowSummary[]): ViewTable {
  return tableOf(windows, [
    ["id", ({ monitorId }) => monitorId],
    ["window", ({ label }) => label],
    ["status", ({ status }) => (status === "skipped" ? TOO_FEW_ROWS : status)],
    [{ header: "rows", leaveOut: 4 }, ({ rows }) => rows],
    [{ header: "labelled", leaveOut: 3 }, ({ labelled }) => labelled],
    ["drift share", ({ driftShare }) => driftShare],
    [{ header: "metric", leaveOut: 5 }, ({ metric }) => metric],
    ["value", ({ value }) => value],
    [{ header: "interval", leaveOut: 2 }, ({ interval }) => intervalText(interval)],
    [{ header: "as of", leaveOut: 1 }, ({ asOf }) => shortTime(asOf)],
  ]);
}

export function historyView(windows: readonly WindowSummary[]): View {
  if (windows.length === 0) return { title: "no monitoring results yet", next: "`mlctl monitor`" };
  return {
    tables: [windowsTable(windows)],
    next: `\`mlctl monitor --show ${windows[0]!.monitorId}\` shows one result in full`,
  };
}
