/** Compares one window with the reference: drift, quality and performance, and the findings about them. */
import { counted } from "../core/text/format.ts";
import type { MonitorDrift, MonitorFinding, MonitorStatus } from "../core/records/monitoring.ts";
import { predictionsAndLabels, type PreparedRows } from "./prepareRows.ts";
import { distributionOf } from "./columnDistribution.ts";
import { driftFindings, performanceFindings } from "./performanceFindings.ts";
import { driftReport, seasonalDrift } from "./driftReport.ts";
import type { JudgeOptions } from "./judgeOptions.ts";
import { evaluationOf, labelledRows, performanceReport } from "./performanceReport.ts";
import { finding, qualityFindings } from "./qualityFindings.ts";
import { qualityReport } from "./qualityReport.ts";
import { segmentReports } from "./segmentReports.ts";

export function judgeWindow(rows: PreparedRows, options: JudgeOptions) {
  const { model, reference, season = null, monitor } = options;
  const compared = predictionsAndLabels(rows, model.signature.target);
  const rules = { ...options.drift, ...compared };
  const overall = driftReport(reference, rows.inputs, rules);
  const drift: MonitorDrift =
    season === null
      ? { ...overall, target: overall.target ?? null }
      : seasonalDrift(overall, season, rows.inputs, rules);
  const { prediction: _, ...inputs } = drift.columns;
  const drifted = Object.values(inputs).filter((column) => column.drifted).length;
  const quality = qualityReport(rows, reference, options.end);
  const labelled = labelledRows(rows);
  const evaluation = evaluationOf(rows, labelled, options);
  const performance = performanceReport(rows, { ...options, labelled, evaluation, drifted });
  const segments = segmentReports(rows, labelled, options);
  const findings = [
    ...driftFindings(drift, monitor.drift.fail_on),
    ...qualityFindings(quality, reference, monitor),
    ...performanceFindings(performance, segments, { ...options, evaluation }),
    ...labelFinding(rows),
    ...(options.others ?? []),
  ];
  const { prediction, target = null } = compared;
  const columns = [...rows.inputs.columns, ...(prediction === undefined ? [] : [prediction])];
  const spread = distributionOf(season?.reference ?? reference, columns, target);
  const sorted = findings.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  // A window with too few rows never passes, unless a check of its data found a problem.
  const worst = worstStatus(findings);
  const status = worst === "pass" && rows.table.rowCount < monitor.minimum_rows ? "skipped" : worst;
  return { status, drift, quality, performance, segments, findings: sorted, spread };
}

/** The first of fail, warn, pass, skipped that any finding has; "skipped" if there are none. */
export function worstStatus(findings: readonly { readonly status: MonitorStatus }[]): MonitorStatus {
  const worst: readonly MonitorStatus[] = ["fail", "warn", "pass", "skipped"];
  return worst.find((status) => findings.some((each) => each.status === status)) ?? "skipped";
}

const order: readonly MonitorStatus[] = ["fail", "warn", "skipped", "pass"];

function labelFinding({ unknownLabels, yTrue }: PreparedRows): MonitorFinding[] {
  const nothing = { status: "skipped", value: null, limit: null, message: "no row has a label" } as const;
  if (unknownLabels === null) return yTrue.every(Number.isNaN) ? [finding("quality", "labels", nothing)] : [];
  const { count, example } = unknownLabels;
  const message = `${counted(count, "label")} unknown to the model, such as ${JSON.stringify(example)}; these rows are not judged`;
  const share = count / Math.max(1, yTrue.length);
  return [finding("quality", "labels", { status: "fail", value: share, limit: 0, message })];
}
