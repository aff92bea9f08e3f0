/** The score of a model as its run records it, for score and deploy. */
import { join } from "node:path";
import { inTurns } from "../../core/inTurns.ts";
import type { Model } from "../../core/records/model.ts";
import type { Run, ScoreCurves, ScoreRecord } from "../../core/records/lineage.ts";
import type { Evaluation } from "../../core/metric.ts";
import { timestamp } from "../../core/text/format.ts";
import { precisionRecallCurve, rocCurve } from "../../metrics/rocCurve.ts";
import { thinCurve } from "../../plots/curve.ts";
import { bootstrapInTurns, metricsWithInterval } from "../../metrics/bootstrapInterval.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { artifactOf } from "../../storage/files/workspacePaths.ts";
import { atomicWrite, ensureFolder } from "../../storage/files/atomicWrite.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { decidingMetric } from "../settings.ts";
import { bestNaive, type Judgement } from "../judge.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { hashesOf, type TestData } from "../testData.ts";
import { scoreWarnings } from "./scoreWarnings.ts";

/** Emits the warnings, too. */
export async function scoreOf(session: Session, loaded: LoadedModel, { judged, test }: JudgedTest) {
  const values = await scoreValues(session, { model: loaded.model, judged, test });
  const { warnings, ...leakage } = await scoreWarnings(session, loaded, judged, values);
  for (const message of warnings) session.context.emit({ type: "warning", stage: "score", message });
  return { ...values, ...leakage, warnings };
}

interface JudgedTest {
  readonly judged: Judgement;
  readonly test: TestData;
}

/**
 * For a step that has judged the model on the test rows.
 * @returns the run with its score; unchanged if it was scored on these rows
 */
export async function withScore(session: Session, loaded: LoadedModel & { run: Run }, on: JudgedTest): Promise<Run> {
  const { run } = loaded;
  if (isScoredOn(run, on.test)) return run;
  return recordScore(session, run, await scoreOf(session, loaded, on), on.judged);
}

export function isScoredOn({ score: known }: Run, { files }: Pick<TestData, "files">): boolean {
  return known !== null && hashesOf(known.testFiles) === hashesOf(files);
}

export type Leakage = Required<Pick<ScoreRecord, "copiedRows" | "copiedValidationRows">>;
export type ScoreValues = Omit<ScoreRecord, "createdAt" | "artifact" | "curves" | "warnings" | keyof Leakage>;

async function scoreValues(
  { config, context }: Session,
  { model, judged, test }: JudgedTest & { readonly model: Model },
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
export async function recordScore(
  session: Session,
  run: Run,
  values: Omit<ScoreRecord, "createdAt" | "artifact" | "curves">,
  { evaluation }: Judgement,
): Promise<Run & { readonly score: ScoreRecord }> {
  const { context, paths } = session;
  ensureFolder(paths.models);
  const path = join(paths.models, `latestscore_${timestamp(context.now())}.txt`);
  atomicWrite(path, `${values.value ?? NaN}\n`);
  const artifact = await artifactOf(paths.workspace, path);
  const curves = evaluation.task === "binary" ? scoreCurves(evaluation) : undefined;
  const known = { ...values, ...(curves === undefined ? {} : { curves }) };
  const scored = { ...run, score: { createdAt: context.now().toISOString(), ...known, artifact } };
  await saveRecord(session, scored);
  return scored;
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
  const all = xs.map((x, i) => [x, ys[i]!] as const);
  return thinCurve(all, STEP).map(([x, y]) => [rounded(x), rounded(y)] as const);
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
