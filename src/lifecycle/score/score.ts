/** score: computes every metric of a model and of the baseline on the test set, with bootstrap intervals. */
import { join } from "node:path";
import { inTurns } from "../../core/inTurns.ts";
import type { Model } from "../../core/records/model.ts";
import type { Run, ScoreCurves, ScoreRecord } from "../../core/records/lineage.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Task } from "../../core/table/table.ts";
import { formatNumber, timestamp } from "../../core/text/format.ts";
import { precisionRecallCurve, rocCurve } from "../../metrics/rocCurve.ts";
import { thinCurve } from "../../plots/curve.ts";
import { bootstrapInTurns, metricsWithInterval } from "../../metrics/bootstrapInterval.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { artifactOf } from "../../storage/files/workspacePaths.ts";
import { atomicWrite, ensureFolder } from "../../storage/files/atomicWrite.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { costUnit, costsOf, decidingMetric } from "../settings.ts";
import { bestNaive, judge, type Judgement } from "../judge.ts";
import { loadModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { readTestData, type TestData } from "../testData.ts";
import { scoreWarnings } from "./scoreWarnings.ts";

export interface ScoreOptions {
  readonly model?: string;
  /** A file or folder to use instead of test_data_path; the result is then not recorded. */
  readonly data?: string;
}

export interface ScoreResult extends ScoreValues {
  readonly runId: string | null;
  readonly modelVersion: number | null;
  readonly task: Task;
  readonly classes: readonly string[] | null;
  /** Unit of the metric "cost", e.g. "EUR per 1,000 rows"; null if no costs are configured. */
  readonly costUnit: string | null;
  readonly leakage: Leakage;
  readonly warnings: readonly string[];
  /** Path of the latestscore file; null if the result was not recorded. */
  readonly path: string | null;
  readonly isDeployed: boolean;
}

/** @throws {MlctlError} kind "notReady" if there is no model or no test data, "data" if they do not match */
export async function score(session: Session, options: ScoreOptions = {}): Promise<ScoreResult> {
  const { context } = session;
  const loaded = await loadModel(session, options.model ?? "latest");
  const { model, run } = loaded;
  const test = await readTestData(session, [model], options.data);
  const message = `scoring ${run?.runId ?? "the model"} on ${test.table.rowCount} rows`;
  context.emit({ type: "stage", stage: "score", message });
  const { target } = model.signature;
  const judged = judge(model, test.table, costsOf(session.config));
  const values = await scoreValues(session, { model, judged, test });
  const { warnings, ...leakage } = await scoreWarnings(session, loaded, judged, values);
  for (const warning of warnings) context.emit({ type: "warning", stage: "score", message: warning });
  const recorded =
    run === null || options.data !== undefined
      ? null
      : await record(session, run, { ...values, ...leakage, warnings }, judged);
  return {
    runId: run?.runId ?? null,
    modelVersion: run?.modelVersion ?? null,
    ...values,
    task: target.task,
    classes: target.classes ?? null,
    costUnit: "cost" in values.metrics ? costUnit(session.config) : null,
    leakage,
    warnings,
    path: recorded?.artifact.path ?? null,
    isDeployed: run !== null && session.store.deployments()[0]?.runId === run.runId,
  };
}

type Leakage = Required<Pick<ScoreRecord, "copiedRows" | "copiedValidationRows">>;
type ScoreValues = Omit<ScoreRecord, "createdAt" | "artifact" | "curves" | "warnings" | keyof Leakage>;

async function scoreValues(
  { config, context }: Session,
  { model, judged, test }: { model: Model; judged: Judgement; test: TestData },
): Promise<ScoreValues> {
  const { evaluation, metrics } = judged;
  const metric = decidingMetric(config, model.signature.target.task);
  // For many rows only that of the deciding metric, because bootstrapping takes time.
  const names = metricsWithInterval(metrics, evaluation.yTrue.length, [metric]);
  const chosen = names.map((name) => findMetric(name, evaluation.task));
  const found = await inTurns(bootstrapInTurns(evaluation, chosen, { seed: config.train.seed }), context.signal);
  const naive = bestNaive(model, judged, metric);
  const intervals = Object.fromEntries(names.map((name, i) => [name, found[i]!]));
  return {
    metric,
    value: metrics[metric] ?? null,
    interval: intervals[metric] ?? null,
    metrics,
    intervals,
    baseline: judged.baseline,
    ...(naive && { naive }),
    confusionMatrix: judged.confusionMatrix,
    classReport: judged.classReport,
    rows: evaluation.yTrue.length,
    testFiles: test.files,
  };
}

/** Writes the bare value to latestscore, for shell scripts, and everything else to the run's record. */
async function record(
  session: Session,
  run: Run,
  values: Omit<ScoreRecord, "createdAt" | "artifact" | "curves">,
  { evaluation }: Judgement,
): Promise<ScoreRecord> {
  const { context, paths } = session;
  ensureFolder(paths.models);
  const path = join(paths.models, `latestscore_${timestamp(context.now())}.txt`);
  atomicWrite(path, `${values.value ?? NaN}\n`);
  const artifact = await artifactOf(paths.workspace, path);
  const curves = evaluation.task === "binary" ? scoreCurves(evaluation) : undefined;
  const known = { ...values, ...(curves === undefined ? {} : { curves }) };
  const written: ScoreRecord = { createdAt: context.now().toISOString(), ...known, artifact };
  await saveRecord(session, { ...run, score: written });
  return written;
}

/** Why the value does not reach `limit`; undefined if it does. A null value never does. */
export function belowLimit({ metric, value, task }: ScoreResult, limit = NaN): string | undefined {
  const { greaterIsBetter } = findMetric(metric, task);
  const isFar = value === null || (greaterIsBetter ? value < limit : value > limit);
  if (Number.isNaN(limit) || !isFar) return undefined;
  return `${metric} is ${formatNumber(value)}; required: ${greaterIsBetter ? "at least" : "at most"} ${limit}`;
}

/** About three pixels of a plot. */
const STEP = 0.01;

/**
 * Curves of several runs can be drawn together without their test data.
 * @param evaluation of two classes
 * @returns undefined without probabilities, or if all rows are of one class
 */
export function scoreCurves(evaluation: Evaluation): ScoreCurves | undefined {
  const [roc, curve] = [rocCurve(evaluation), precisionRecallCurve(evaluation)];
  if (roc === null || curve === null) return undefined;
  return {
    roc: points(roc.falsePositiveRate, roc.truePositiveRate),
    precisionRecall: points(curve.recall.toReversed(), curve.precision.toReversed()),
  };
}

function points(xs: readonly number[], ys: readonly number[]): ScoreCurves["roc"] {
  return thinCurve(
    xs.map((x, i) => [x, ys[i]!] as const),
    STEP,
  ).map(([x, y]) => [rounded(x), rounded(y)] as const);
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
