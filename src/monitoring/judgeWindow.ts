/** Compares one window with the reference: drift, quality and performance, and the findings about them. */
import type { Model } from "../core/records/model.ts";
import type { MonitorDrift, MonitorFinding, MonitorRecord, MonitorStatus } from "../core/records/monitoring.ts";
import type { Reference } from "../core/records/reference.ts";
import { predictionsAndLabels, type PreparedRows } from "./prepareRows.ts";
import { distributionOf } from "./columnDistribution.ts";
import { driftFindings, performanceFindings, type DriftSubject } from "./performanceFindings.ts";
import { driftReport, seasonalDrift, type DriftOptions, type Season } from "./driftReport.ts";
import { performanceReport, intervalsAt } from "./performanceReport.ts";
import { finding, qualityFindings, type Limit, type QualityLimits } from "./qualityFindings.ts";
import { qualityReport } from "./qualityReport.ts";
import { segmentReports } from "./segmentReports.ts";

export interface JudgeOptions {
  readonly model: Model;
  readonly reference: Reference;
  /** The same days of earlier years, with which drift is compared; null or absent: compared with the reference. */
  readonly season?: Season | null;
  readonly drift: DriftOptions & { readonly failOn: readonly DriftSubject[] };
  readonly quality: QualityLimits;
  readonly performance: {
    readonly metric: string;
    /** Value of the metric on the test set. */
    readonly reference: number | null;
    readonly referenceInterval: readonly [number, number] | null;
    readonly require: Readonly<Record<string, Limit | undefined>>;
    readonly confidence: number | null;
  };
  readonly segments: readonly string[];
  readonly segmentRows: number;
  readonly minimumRows: number;
  readonly seed: number;
  /** End of the window, or now, in milliseconds since 1970; null without a time column. */
  readonly end: number | null;
}

export type Judged = Pick<
  MonitorRecord,
  "status" | "drift" | "quality" | "performance" | "segments" | "findings" | "spread"
>;

export function judgeWindow(rows: PreparedRows, options: JudgeOptions): Judged {
  const { model, reference, performance: settings, seed, minimumRows } = options;
  const { task } = model.signature.target;
  const compared = predictionsAndLabels(rows, model.signature.target);
  const drift = driftOf(rows, compared, options);
  const quality = qualityReport(rows, reference, options.end);
  const required = Object.keys(settings.require);
  const metricOptions = { model, metric: settings.metric, reference: settings.reference, required, seed };
  const { prediction: _, ...inputs } = drift.columns;
  const drifted = Object.values(inputs).filter((column) => column.drifted).length;
  const measured = performanceReport(rows, metricOptions);
  const performance = { ...measured, estimate: measured.estimate && { ...measured.estimate, drifted } };
  const segments = segmentReports(rows, {
    ...metricOptions,
    segments: options.segments,
    minimumRows: options.segmentRows,
  });
  const { require, confidence, referenceInterval } = settings;
  const intervalAt = intervalsAt(rows, metricOptions);
  const limits = { require, confidence, referenceInterval, minimumRows, task, intervalAt };
  const findings = [
    ...driftFindings(drift, options.drift.failOn),
    ...qualityFindings(quality, reference, options.quality),
    ...performanceFindings(performance, segments, limits),
    ...labelFinding(rows),
  ];
  const { prediction, target = null } = compared;
  const columns = [...rows.inputs.columns, ...(prediction === undefined ? [] : [prediction])];
  const spread = distributionOf(options.season?.reference ?? reference, columns, target);
  // A window with too few rows never passes, unless a check of its data found a problem.
  const worst = worstStatus(findings);
  const status = worst === "pass" && rows.table.rowCount < minimumRows ? "skipped" : worst;
  return { status, drift, quality, performance, segments, findings: worstFirst(findings), spread };
}

/** The first of fail, warn, pass, skipped that any finding has; "skipped" if there are none. */
export function worstStatus(findings: readonly { readonly status: MonitorStatus }[]): MonitorStatus {
  const order: readonly MonitorStatus[] = ["fail", "warn", "pass", "skipped"];
  return order.find((status) => findings.some((each) => each.status === status)) ?? "skipped";
}

function worstFirst(findings: readonly MonitorFinding[]): MonitorFinding[] {
  const order: readonly MonitorStatus[] = ["fail", "warn", "skipped", "pass"];
  return findings.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}

function driftOf(
  rows: PreparedRows,
  compared: ReturnType<typeof predictionsAndLabels>,
  { reference, season, drift, model }: JudgeOptions,
): MonitorDrift {
  const overall = driftReport(reference, rows.inputs, { ...drift, ...compared });
  if (season === undefined || season === null) return { ...overall, target: overall.target ?? null };
  return seasonalDrift(rows, { overall, season, drift, target: model.signature.target });
}

function labelFinding({ unknownLabels, yTrue }: PreparedRows): MonitorFinding[] {
  if (unknownLabels === null) return [];
  const { count, example } = unknownLabels;
  const message = `${count} labels unknown to the model, such as ${JSON.stringify(example)}; these rows are not judged`;
  const share = count / Math.max(1, yTrue.length);
  return [finding("quality", "labels", { status: "fail", value: share, limit: 0, message })];
}
