/** Findings about drift: of the dataset, of single columns, of the predictions and of the labels. */
import type { ColumnDrift } from "../core/records/drift.ts";
import { formatNumber } from "../core/text/format.ts";
import type { MonitorDrift, MonitorFinding, MonitorStatus } from "../core/records/monitoring.ts";
import { finding } from "./finding.ts";
import { isSeasonal } from "./seasonalDrift.ts";

/** The kinds of drift that `failOn` turns into failures; all others are warnings. */
export type DriftSubject = "dataset" | "prediction" | "target" | "columns";

export function driftFindings(drift: MonitorDrift, failOn: readonly DriftSubject[]): MonitorFinding[] {
  const severity = (subject: DriftSubject): MonitorStatus => (failOn.includes(subject) ? "fail" : "warn");
  const { prediction, ...columns } = drift.columns;
  return [
    datasetFinding(drift, severity("dataset")),
    columnsFinding(columns, severity("columns")),
    ...(prediction === undefined ? [] : [oneFinding("prediction drift", prediction, severity("prediction"))]),
    ...(drift.target === null ? [] : [oneFinding("target drift", drift.target, severity("target"))]),
  ];
}

function datasetFinding({ dataset, columns }: MonitorDrift, severity: MonitorStatus): MonitorFinding {
  const { tested, drifted, share, limit, detected } = dataset;
  const reasons = [...new Set(Object.values(columns).flatMap(({ skipped }) => skipped ?? []))];
  return finding("drift", "dataset drift", {
    status: share === null ? "skipped" : detected ? severity : "pass",
    value: share,
    limit,
    message:
      share === null
        ? `no column could be tested${reasons.length === 0 ? "" : `: ${reasons.slice(0, 3).join("; ")}`}`
        : `${drifted} of ${tested} columns drifted`,
  });
}

function columnsFinding(columns: Readonly<Record<string, ColumnDrift>>, severity: MonitorStatus): MonitorFinding {
  const tested = Object.entries(columns).filter(([, { skipped }]) => skipped === undefined);
  const drifted = tested.filter(([, column]) => column.drifted).toSorted(([, a], [, b]) => (b.psi ?? 0) - (a.psi ?? 0));
  const seasonal = tested.filter(([, column]) => isSeasonal(column)).map(([name]) => `"${name}"`);
  const seasonalNote = seasonal.length === 0 ? "" : `; seasonal, as in earlier years: ${seasonal.join(", ")}`;
  const named = drifted.slice(0, 5).map(([name, column]) => `"${name}" ${verdictText(column)}`);
  return finding("drift", "drifted columns", {
    status: tested.length === 0 ? "skipped" : drifted.length > 0 ? severity : "pass",
    value: drifted.length,
    limit: 0,
    message:
      (drifted.length === 0
        ? `none of ${tested.length} columns drifted`
        : `${named.join("; ")}${drifted.length > 5 ? `; and ${drifted.length - 5} more` : ""}`) + seasonalNote,
  });
}

function oneFinding(name: string, drift: ColumnDrift, severity: MonitorStatus): MonitorFinding {
  const { skipped, drifted, value, limit, measure, note } = drift;
  return finding("drift", name, {
    status: skipped !== undefined ? "skipped" : drifted ? severity : "pass",
    value: Number.isFinite(value) ? value : null,
    limit,
    passes: measure === "p_value" ? "at_least" : "at_most",
    message:
      skipped ?? (note !== undefined && isSeasonal(drift) ? `${verdictText(drift)}; ${note}` : verdictText(drift)),
  });
}

/** Names test, kind of value, value and limit, so that a distance is never mistaken for a p-value. */
function verdictText({ test, measure, value, limit, drifted, psi }: ColumnDrift): string {
  const kind = measure === "p_value" ? "p" : "distance";
  // Significant, but not counted as drift.
  const isSmall = measure === "p_value" && !drifted && value < limit;
  const comparison = isSmall || drifted === (measure === "p_value") ? "<" : "≥";
  const note = isSmall ? `, but the shift is small (psi ${formatNumber(psi)})` : "";
  return `${test} ${kind} ${formatNumber(value)} ${comparison} ${formatNumber(limit)}${note}`;
}
