/** score: computes every metric of a model and of the baseline on the test set, with bootstrap intervals. */
import { join } from "node:path";
import { inTurns } from "../../core/inTurns.ts";
import type { Model } from "../../core/records/model.ts";
import type { Run, ScoreRecord } from "../../core/records/run.ts";
import type { Task } from "../../core/task.ts";
import { timestamp } from "../../core/text/format.ts";
import { present } from "../../core/text/present.ts";
import { bootstrapInTurns, metricsWithInterval } from "../../metrics/bootstrapInterval.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { isBaseline } from "../../estimators/findEstimator.ts";
import { unseenNote } from "../../pipeline/rows/unseenSeries.ts";
import { degenerate } from "../../pipeline/judge/degenerate.ts";
import { worseThanBaseline } from "../../pipeline/judge/worseThanBaseline.ts";
import { artifactOf } from "../../storage/files/artifactOf.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { ensureFolder } from "../../storage/files/commitFile.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { costUnit, costsOf, decidingMetric } from "../settings.ts";
import { knownTestRows, type KnownTestRows } from "./knownTestRows.ts";
import { judge, type Judgement } from "../judge.ts";
import { loadModel, type LoadedModel } from "../loadModel.ts";
import { sampleSizeWarning } from "./sampleSizeWarning.ts";
import { scoreCurves } from "./scoreCurves.ts";
import type { Session } from "../session.ts";
import { readTestData, type TestData } from "../testData.ts";
import { readableDataset } from "../datasets.ts";
import { validationGap } from "./validationGap.ts";

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
  const dataset = run === null ? undefined : session.store.dataset(run.datasetId);
  const ingested = await readableDataset(session, dataset);
  const known =
    run === null || dataset === undefined || ingested === undefined
      ? null
      : await knownTestRows(session, { run, table: judged.table, target: target.name, dataset, ingested });
  const leakage = { copiedRows: known?.training ?? null, copiedValidationRows: known?.validation ?? null };
  const values = await scoreValues(session, { model, judged, test });
  const gap = run === null ? [] : validationGap(values, run, { test: judged.table, ingested });
  const warnings = [...warningsOf(loaded, judged, known, values), ...gap];
  for (const warning of warnings) context.emit({ type: "warning", stage: "score", message: warning });
  const recorded =
    run === null || options.data !== undefined ? null : await record(session, run, { ...values, ...leakage }, judged);
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
type ScoreValues = Omit<ScoreRecord, "createdAt" | "artifact" | "curves" | keyof Leakage>;

async function scoreValues(
  { config, context }: Session,
  { model, judged, test }: { model: Model; judged: Judgement; test: TestData },
): Promise<ScoreValues> {
  const { task } = model.signature.target;
  const metric = decidingMetric(config, task);
  const intervals = await intervalsOf(judged, metric, { seed: config.train.seed, signal: context.signal });
  return {
    metric,
    value: judged.metrics[metric] ?? null,
    interval: intervals[metric] ?? null,
    metrics: judged.metrics,
    intervals,
    baseline: judged.baseline,
    confusionMatrix: judged.confusionMatrix,
    classReport: judged.classReport,
    rows: judged.evaluation.yTrue.length,
    testFiles: test.files,
  };
}

/** Intervals of every metric; for many rows only that of the deciding metric, because bootstrapping takes time. */
async function intervalsOf(
  { evaluation, metrics }: Judgement,
  deciding: string,
  { seed, signal }: { seed: number; signal: AbortSignal },
): Promise<ScoreRecord["intervals"]> {
  const names = metricsWithInterval(metrics, evaluation.yTrue.length, [deciding]);
  const chosen = names.map((name) => findMetric(name, evaluation.task));
  const intervals = await inTurns(bootstrapInTurns(evaluation, chosen, { seed }), signal);
  return Object.fromEntries(names.map((name, i) => [name, intervals[i]!]));
}

function warningsOf(
  { model, run }: LoadedModel,
  { evaluation, withoutHistory, unseenSeries, metrics, baseline }: Judgement,
  known: KnownTestRows | null,
  values: ScoreValues,
): string[] {
  const { classes } = model.signature.target;
  const problem = degenerate(evaluation, classes);
  const { rows } = values;
  const [only] = evaluation.yTrue;
  const hasOneClass = classes !== undefined && rows > 1 && evaluation.yTrue.every((code) => code === only);
  const worse = isBaseline(model.estimator.family) ? undefined : worseThanBaseline(metrics, baseline, evaluation.task);
  return present([
    sampleSizeWarning(values, evaluation.task),
    hasOneClass &&
      `all ${rows} test rows are "${classes[only!]}": metrics of the other classes are 0 or undefined; add such rows`,
    withoutHistory > 0 && `test rows not scored because the model's history does not reach them: ${withoutHistory}`,
    ...unseenNote(unseenSeries),
    ...(known === null ? [] : copiesWarnings(known, rows, run!.validationRows)),
    problem !== undefined && `the model is degenerate: ${problem}`,
    worse,
  ]);
}

/** Share of validation rows among the test rows from which the score is no independent one. */
const MANY_VALIDATION_ROWS = 0.1;

function copiesWarnings(known: KnownTestRows, rows: number, validationRows: number): string[] {
  const { training, validation, compared } = known;
  const isMany = validation >= MANY_VALIDATION_ROWS * rows;
  const few = isMany || validation === 0 ? "" : ` and ${validation} of validation rows`;
  const copies = `${training} of ${rows} test rows are copies of training rows${few}: ${compared} are equal`;
  const meaning = validation === rows && rows === validationRows ? "repeats" : "partly repeats";
  return present([
    (training > 0 || few !== "") && copies,
    isMany &&
      validation > 0 &&
      `${validation} of ${rows} test rows are validation rows of the model, so the score ${meaning} the validation score: for an independent score, test on rows that were not ingested`,
  ]);
}

/** Writes the bare value to latestscore, for shell scripts, and everything else to the run's record. */
async function record(
  session: Session,
  run: Run,
  values: ScoreValues & Leakage,
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

/** Whether the value reaches `limit`. A null value never does. */
export function passes(
  { metric, value, task }: Pick<ScoreResult, "metric" | "value" | "task">,
  limit: number,
): boolean {
  if (value === null) return false;
  return findMetric(metric, task).greaterIsBetter ? value >= limit : value <= limit;
}
