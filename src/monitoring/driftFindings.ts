/** Verdicts on drift: of the dataset, of single columns, of the answers and of the truth. */
import type { ColumnDrift } from "../core/records/drift.ts";
import { formatNumber } from "../core/text/format.ts";
import type { MonitorDrift, MonitorFinding, MonitorStatus } from "../core/records/monitoring.ts";
import { isSeasonal } from "./seasonalDrift.ts";

/** What of drift is a failure; the rest is a warning. */
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
  return {
    area: "drift",
    name: "dataset drift",
    status: share === null ? "skipped" : detected ? severity : "pass",
    value: share,
    limit,
    passes: "at_most",
    interval: null,
    message:
      share === null
        ? `no column could be tested${reasons.length === 0 ? "" : `: ${reasons.slice(0, 3).join("; ")}`}`
        : `${drifted} of ${tested} columns drifted`,
  };
}

function columnsFinding(columns: Readonly<Record<string, ColumnDrift>>, severity: MonitorStatus): MonitorFinding {
  const tested = Object.entries(columns).filter(([, { skipped }]) => skipped === undefined);
  const drifted = tested.filter(([, column]) => column.drifted).toSorted(([, a], [, b]) => (b.psi ?? 0) - (a.psi ?? 0));
  const seasonal = tested.filter(([, column]) => isSeasonal(column)).map(([name]) => `"${name}"`);
  const aside = seasonal.length === 0 ? "" : `; seasonal, as in earlier years: ${seasonal.join(", ")}`;
  const named = drifted.slice(0, 5).map(([name, column]) => `"${name}" ${verdictText(column)}`);
  return {
    area: "drift",
    name: "drifted columns",
    status: tested.length === 0 ? "skipped" : drifted.length > 0 ? severity : "pass",
    value: drifted.length,
    limit: 0,
    passes: "at_most",
    interval: null,
    message:
      (drifted.length === 0
        ? `none of ${tested.length}`
        : `${named.join("; ")}${drifted.length > 5 ? `; and ${drifted.length - 5} more` : ""}`) + aside,
  };
}

function oneFinding(name: string, drift: ColumnDrift, severity: MonitorStatus): MonitorFinding {
  const { skipped, drifted, value, limit, measure, note } = drift;
  return {
    area: "drift",
    name,
    status: skipped !== undefined ? "skipped" : drifted ? severity : "pass",
    value: Number.isFinite(value) ? value : null,
    limit,
    passes: measure === "p_value" ? "at_least" : "at_most",
    interval: null,
    message:
      skipped ?? (note !== undefined && isSeasonal(drift) ? `${verdictText(drift)}; ${note}` : verdictText(drift)),
  };
}

/** Test, value, limit and direction, so that a distance is never read as a p-value. */
export function verdictText({ test, measure, value, limit, drifted, psi }: ColumnDrift): string {
  const kind = measure === "p_value" ? "p" : "distance";
  const sign = measure === "p_value" ? (drifted ? "<" : "≥") : drifted ? "≥" : "<";
  // A significant trifle does not drift: then the p-value stands on the other side.
  const against = measure === "p_value" && !drifted && value < limit ? "<" : sign;
  const trifle =
    against === "<" && !drifted && measure === "p_value" ? `, but the shift is small (psi ${formatNumber(psi)})` : "";
  return `${test} ${kind} ${formatNumber(value)} ${against} ${formatNumber(limit)}${trifle}`;
}
