/** Compares one window with the reference: drift, quality and performance, and the findings about them. */
import { counted } from "../core/text/format.ts";
import type { Model, Reference } from "../core/records/model.ts";
import type { MonitorDrift, MonitorFinding, MonitorStatus } from "../core/records/monitoring.ts";
import { predictionsAndLabels, type PreparedRows } from "./prepareRows.ts";
import { distributionOf } from "./columnDistribution.ts";
import {
  driftFindings,
  performanceFindings,
  type DriftSubject,
  type PerformanceLimits,
} from "./performanceFindings.ts";
import { driftReport, seasonalDrift, type DriftOptions, type Season } from "./driftReport.ts";
import { performanceReport, intervalsAt, type PerformanceOptions } from "./performanceReport.ts";
import { finding, qualityFindings, type QualityLimits } from "./qualityFindings.ts";
import { qualityReport } from "./qualityReport.ts";
import { segmentReports } from "./segmentReports.ts";

export interface JudgeOptions {
  readonly model: Model;
  readonly reference: Reference;
  /** The same days of earlier years, with which drift is compared; null or absent: compared with the reference. */
  readonly season?: Season | null;
  readonly drift: DriftOptions & { readonly failOn: readonly DriftSubject[] };
  readonly quality: QualityLimits;
  readonly performance: Pick<PerformanceOptions, "metric" | "reference" | "money"> &
    Pick<PerformanceLimits, "referenceInterval" | "require" | "confidence">;
  readonly segments: readonly string[];
  readonly segmentRows: number;
  readonly minimumRows: number;
  readonly seed: number;
  /** Findings that are not about the rows. */
  readonly others?: readonly MonitorFinding[];
  /** End of the window, or now, in milliseconds since 1970; null without a time column. */
  readonly end: number | null;
}

export function judgeWindow(rows: PreparedRows, options: JudgeOptions) {
  const { model, reference, performance: settings, seed, minimumRows } = options;
  const { task } = model.signature.target;
  const compared = predictionsAndLabels(rows, model.signature.target);
  const { failOn, ...rules } = { ...options.drift, ...compared };
  const overall = driftReport(reference, rows.inputs, rules);
  const { season = null } = options;
  const drift: MonitorDrift =
    season === null
      ? { ...overall, target: overall.target ?? null }
      : seasonalDrift(overall, season, rows.inputs, rules);
  const quality = qualityReport(rows, reference, options.end);
  const metricOptions = { ...settings, model, required: Object.keys(settings.require), seed };
  const { prediction: _, ...inputs } = drift.columns;
  const drifted = Object.values(inputs).filter((column) => column.drifted).length;
  const measured = performanceReport(rows, metricOptions);
  const performance = { ...measured, estimate: measured.estimate && { ...measured.estimate, drifted } };
  const { segments: names, segmentRows } = options;
  const segments = segmentReports(rows, { ...metricOptions, segments: names, minimumRows: segmentRows });
  const limits = { ...settings, segments: names, minimumRows, task, intervalAt: intervalsAt(rows, metricOptions) };
  const findings = [
    ...driftFindings(drift, failOn),
    ...qualityFindings(quality, reference, { ...options.quality, minimumRows }),
    ...performanceFindings(performance, segments, limits),
    ...labelFinding(rows),
    ...(options.others ?? []),
  ];
  const { prediction, target = null } = compared;
  const columns = [...rows.inputs.columns, ...(prediction === undefined ? [] : [prediction])];
  const spread = distributionOf(season?.reference ?? reference, columns, target);
  const sorted = findings.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  // A window with too few rows never passes, unless a check of its data found a problem.
  const worst = worstStatus(findings);
  const status = worst === "pass" && rows.table.rowCount < minimumRows ? "skipped" : worst;
  return { status, drift, quality, performance, segments, findings: sorted, spread };
}

/** The first of fail, warn, pass, skipped that any finding has; "skipped" if there are none. */
export function worstStatus(findings: readonly { readonly status: MonitorStatus }[]): MonitorStatus {
  const order: readonly MonitorStatus[] = ["fail", "warn", "pass", "skipped"];
  return order.find((status) => findings.some((each) => each.status === status)) ?? "skipped";
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
