/** score: every metric of a model on the test data, with bootstrap intervals, beside the baseline. */
import { join } from "node:path";
import type { Model } from "../../core/records/model.ts";
import type { Run, ScoreRecord } from "../../core/records/run.ts";
import type { Task } from "../../core/task.ts";
import { timestamp } from "../../core/text/format.ts";
import { bootstrapIntervals } from "../../metrics/bootstrapInterval.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { degenerate } from "../../pipeline/judge/degenerate.ts";
import { artifactOf } from "../../storage/files/artifactOf.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { ensureFolder } from "../../storage/files/commitFile.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { costUnit, costsOf, decidingMetric } from "../settings.ts";
import { knownTestRows, type KnownTestRows } from "./knownTestRows.ts";
import { judge, type Judgement } from "../judge.ts";
import { loadModel } from "../loadModel.ts";
import { sampleSizeWarning } from "./sampleSizeWarning.ts";
import type { Session } from "../session.ts";
import { readTestData, type TestData } from "../testData.ts";

/** Above this, intervals of a dozen metrics take more than a second. */
const MOST_ROWS_FOR_ALL_INTERVALS = 20_000;

export interface ScoreOptions {
  /** REF of the model; the latest trained if left out. */
  readonly model?: string;
  /** A file or folder instead of test_data_path: then nothing is recorded. */
  readonly data?: string;
}

export interface ScoreResult extends Figures {
  readonly runId: string | null;
  readonly modelVersion: number | null;
  readonly task: Task;
  readonly classes: readonly string[] | null;
  /** What the metric "cost" is in: "EUR per 1,000 rows"; null where no costs are configured. */
  readonly costUnit: string | null;
  readonly leakage: Leakage;
  readonly warnings: readonly string[];
  /** Where the figure was written; null when nothing was recorded. */
  readonly path: string | null;
}

/** @throws {MlctlError} kind "notReady" when there is no model or no test data, "data" where they do not fit */
export async function score(session: Session, options: ScoreOptions = {}): Promise<ScoreResult> {
  const { context } = session;
  const { model, run } = await loadModel(session, options.model ?? "latest");
  const test = await readTestData(session, options.data);
  context.emit({
    type: "stage",
    stage: "score",
    message: `judging ${run?.runId ?? "the model"} on ${test.table.rowCount} rows`,
  });
  const judged = judge(model, test.table, costsOf(session.config));
  const known = run === null ? null : await knownTestRows(session, { run, model, table: judged.table });
  const leakage = { copiedRows: known?.training ?? null, copiedValidationRows: known?.validation ?? null };
  const figures = figuresOf(session, { model, judged, test });
  const warnings = warningsOf({ judged, known, model, run, figures });
  for (const message of warnings) context.emit({ type: "warning", stage: "score", message });
  const record =
    run === null || options.data !== undefined ? null : await keep(session, run, { ...figures, ...leakage });
  return {
    runId: run?.runId ?? null,
    modelVersion: run?.modelVersion ?? null,
    ...figures,
    task: model.signature.target.task,
    classes: model.signature.target.classes ?? null,
    costUnit: "cost" in figures.metrics ? costUnit(session.config) : null,
    leakage,
    warnings,
    path: record?.artifact.path ?? null,
  };
}

type Leakage = Required<Pick<ScoreRecord, "copiedRows" | "copiedValidationRows">>;
type Figures = Omit<ScoreRecord, "createdAt" | "artifact" | keyof Leakage>;

function figuresOf(
  { config }: Session,
  { model, judged, test }: { model: Model; judged: Judgement; test: TestData },
): Figures {
  const { task } = model.signature.target;
  const metric = decidingMetric(config, task);
  const intervals = intervalsOf(judged, metric, config.train.seed);
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

/** Of every metric; of many rows only that of the metric that decides, which is what costs time. */
function intervalsOf({ evaluation, metrics }: Judgement, deciding: string, seed: number): ScoreRecord["intervals"] {
  const names = evaluation.yTrue.length <= MOST_ROWS_FOR_ALL_INTERVALS ? Object.keys(metrics) : [deciding];
  const intervals = bootstrapIntervals(
    evaluation,
    names.map((name) => findMetric(name, evaluation.task)),
    { seed },
  );
  return Object.fromEntries(names.map((name, i) => [name, intervals[i]!]));
}

interface Warned {
  readonly judged: Judgement;
  readonly known: KnownTestRows | null;
  readonly model: Model;
  readonly run: Run | null;
  readonly figures: Figures;
}

function warningsOf({ judged: { evaluation, withoutHistory }, known, model, run, figures }: Warned): string[] {
  const problem = degenerate(evaluation, model.signature.target.classes);
  const { rows } = figures;
  return [
    ...[sampleSizeWarning(figures, evaluation.task)].filter((text) => text !== undefined),
    ...(withoutHistory > 0
      ? [`the model's history does not reach ${withoutHistory} of the test rows: not judged`]
      : []),
    ...(known?.training ? [`${known.training} of ${rows} test rows are copies of training rows`] : []),
    ...(known?.validation ? [validatedAlready(known.validation, rows, run!.validationRows)] : []),
    ...(problem === undefined ? [] : [`the model is degenerate: ${problem}`]),
  ];
}

function validatedAlready(count: number, rows: number, validationRows: number): string {
  const meaning = count === rows && rows === validationRows ? "is the validation score again" : "leans on validation";
  return `${count} of ${rows} test rows are rows that the model was validated on, so the score ${meaning}: to judge it independently, test on rows that were not ingested`;
}

/** latestscore holds the bare figure, for shell scripts; the rest goes into the run's record. */
async function keep(session: Session, run: Run, figures: Figures & Leakage): Promise<ScoreRecord> {
  const { context, paths, store } = session;
  ensureFolder(paths.models);
  const path = join(paths.models, `latestscore_${timestamp(context.now())}.txt`);
  atomicWrite(path, `${figures.value ?? NaN}\n`);
  const artifact = await artifactOf(paths.workspace, path);
  const record: ScoreRecord = { createdAt: context.now().toISOString(), ...figures, artifact };
  saveRecord(paths, store, { ...run, score: record });
  return record;
}

/** Whether the figure reaches `limit`; one that is undefined never does. */
export function passes(
  { metric, value, task }: Pick<ScoreResult, "metric" | "value" | "task">,
  limit: number,
): boolean {
  if (value === null) return false;
  return findMetric(metric, task).greaterIsBetter ? value >= limit : value <= limit;
}
