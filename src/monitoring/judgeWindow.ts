/** One window against the reference: drift, quality, performance, and what is to be said of them. */
import type { Model } from "../core/records/model.ts";
import type { MonitorDrift, MonitorFinding, MonitorRecord, MonitorStatus } from "../core/records/monitoring.ts";
import type { Reference } from "../core/records/reference.ts";
import { predictionsAndLabels } from "./predictionsAndLabels.ts";
import { distributionOf } from "./columnDistribution.ts";
import { driftFindings, type DriftSubject } from "./driftFindings.ts";
import { driftReport, type DriftOptions } from "./driftReport.ts";
import { performanceFindings } from "./performanceFindings.ts";
import { performanceReport, sureInterval } from "./performanceReport.ts";
import type { PreparedRows } from "./prepareRows.ts";
import { qualityFindings, type Limit, type QualityLimits } from "./qualityFindings.ts";
import { qualityReport } from "./qualityReport.ts";
import { seasonalDrift, type Season } from "./seasonalDrift.ts";
import { segmentReports } from "./segmentReports.ts";

export interface JudgeOptions {
  readonly model: Model;
  readonly reference: Reference;
  /** The same days of earlier years, by which drift is judged; null or left out: by the reference. */
  readonly season?: Season | null;
  readonly drift: DriftOptions & { readonly failOn: readonly DriftSubject[] };
  readonly quality: QualityLimits;
  readonly performance: {
    readonly metric: string;
    /** Of the metric on the test data. */
    readonly reference: number | null;
    readonly referenceInterval: readonly [number, number] | null;
    readonly require: Readonly<Record<string, Limit | undefined>>;
    readonly confidence: number | null;
  };
  readonly segments: readonly string[];
  readonly segmentRows: number;
  readonly minimumRows: number;
  readonly seed: number;
  /** When the window ends, or now, in milliseconds; null without a time column. */
  readonly end: number | null;
}

export type Judged = Pick<
  MonitorRecord,
  "status" | "drift" | "quality" | "performance" | "segments" | "findings" | "spread"
>;

export function judgeWindow(rows: PreparedRows, options: JudgeOptions): Judged {
  const { model, reference, performance: wanted, seed, minimumRows } = options;
  const { task } = model.signature.target;
  const answers = predictionsAndLabels(rows, model.signature.target);
  const drift = driftOf(rows, answers, options);
  const quality = qualityReport(rows, reference, options.end);
  const required = Object.keys(wanted.require);
  const asked = { model, metric: wanted.metric, reference: wanted.reference, required, seed };
  const performance = performanceReport(rows, asked);
  const segments = segmentReports(rows, { ...asked, segments: options.segments, minimumRows: options.segmentRows });
  const { require, confidence, referenceInterval } = wanted;
  const findings = [
    ...driftFindings(drift, options.drift.failOn),
    ...qualityFindings(quality, reference, options.quality),
    ...performanceFindings(performance, segments, {
      require,
      confidence,
      referenceInterval,
      minimumRows,
      task,
      sureInterval: referenceInterval === null ? null : sureInterval(rows, asked),
    }),
    ...labelFinding(rows),
  ];
  const { prediction, target = null } = answers;
  return {
    status: worstStatus(findings),
    drift,
    quality,
    performance,
    segments,
    findings: worstFirst(findings),
    spread: distributionOf(
      options.season?.reference ?? reference,
      [...rows.inputs.columns, ...(prediction === undefined ? [] : [prediction])],
      target,
    ),
  };
}

/** fail before warn before pass; all skipped is skipped. */
export function worstStatus(findings: readonly { readonly status: MonitorStatus }[]): MonitorStatus {
  const order: readonly MonitorStatus[] = ["fail", "warn", "pass", "skipped"];
  return order.find((status) => findings.some((finding) => finding.status === status)) ?? "skipped";
}

function worstFirst(findings: readonly MonitorFinding[]): MonitorFinding[] {
  const order: readonly MonitorStatus[] = ["fail", "warn", "skipped", "pass"];
  return findings.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}

function driftOf(
  rows: PreparedRows,
  answers: ReturnType<typeof predictionsAndLabels>,
  { reference, season, drift, model }: JudgeOptions,
): MonitorDrift {
  const overall = driftReport(reference, rows.inputs, { ...drift, ...answers });
  if (season === undefined || season === null) return { ...overall, target: overall.target ?? null };
  return seasonalDrift(rows, { overall, season, drift, target: model.signature.target });
}

function labelFinding({ unknownLabels, yTrue }: PreparedRows): MonitorFinding[] {
  if (unknownLabels === null) return [];
  const { count, example } = unknownLabels;
  return [
    {
      area: "quality",
      name: "labels",
      status: "fail",
      value: count / Math.max(1, yTrue.length),
      limit: 0,
      passes: "at_most",
      interval: null,
      message: `${count} labels the model does not know, such as ${JSON.stringify(example)}; not judged`,
    },
  ];
}
