/** Records the result of a training: model files, a run for each candidate, aliases and warnings. */
import { createHash } from "node:crypto";
import type { FitRemarks } from "../../core/estimator.ts";
import type { Run } from "../../core/records/lineage.ts";
import type { Task } from "../../core/table/table.ts";
import { candidateLabels } from "../../core/text/recordText.ts";
import { timestamp } from "../../core/text/format.ts";
import { tunedMetric } from "../../pipeline/fit/bestThreshold.ts";
import { findEstimator, isBaseline } from "../../estimators/findEstimator.ts";
import { worseThanBaseline } from "../../pipeline/judge/baselineEvaluation.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { costUnit } from "../settings.ts";
import { baselineAhead, doubtfulLead } from "./leaderboard.ts";
import { keepModels, nameModels, type Training } from "./keepModels.ts";
import type { Session } from "../session.ts";
import type { TrainedCandidate } from "./trainOne.ts";

export async function recordTraining(session: Session, training: Training) {
  const { dataset, data, ranked, suspicions } = training;
  const { config, context } = session;
  const winner = ranked[0]!;
  const { metric } = winner.candidate;
  const stamp = timestamp(context.now());
  const kept = await keepModels(session, training, stamp);
  const remarks = await fitRemarks(ranked);
  const warnings = [
    ...data.warnings,
    ...remarks.warnings,
    ...suspicions,
    ...(winner.degenerate ? [`the best model is degenerate: ${winner.degenerate}`] : []),
    ...baselineAhead(ranked, metric, data.target.task),
    ...worseThanNothing(ranked, metric, data.target.task),
  ];
  // All runs get the same time, so that the newest run is the first in rank.
  const createdAt = context.now().toISOString();
  const runs = ranked.map((trained, index): Run => {
    const own = { rank: index + 1, createdAt, stamp, warnings: index === 0 ? warnings : [] };
    return runOf(session, training, trained, { ...own, ...(kept[index] ?? { model: null, modelVersion: null }) });
  });
  // The winner is saved last: if its record exists, the whole training is recorded.
  for (const run of runs.toReversed()) await saveRecord(session, run);
  const aliases = await nameModels(session, runs);
  for (const message of warnings) context.emit({ type: "warning", stage: "train", message });
  const unit = costUnit(config);
  const costNote =
    data.target.task === "multiclass"
      ? "costs are ignored: they apply to binary classification and regression only"
      : `cost is in ${unit}, computed from the costs in config.json`;
  const labels = candidateLabels(ranked.map(({ candidate }) => candidate));
  const nameOf = (trained: TrainedCandidate): string => labels[ranked.indexOf(trained)]!;
  const notes = [
    ...doubtfulLead(ranked, { metric, seed: config.train.seed, nameOf }),
    ...(unit === null ? [] : [costNote]),
    ...(training.configSha256 !== session.configSha256() ? [] : thresholdNote(winner.candidate, data.target.task)),
    ...remarks.notes,
    ...(config.train.distributed === null || ranked.some(({ fitted }) => fitted?.estimator.ranks !== undefined)
      ? []
      : ["train.distributed is ignored: it applies to models of the family xgboost with the native engine"]),
  ];
  const best = runs[0]!;
  return {
    runId: best.runId,
    modelVersion: best.modelVersion!,
    metric,
    value: best.metrics[metric] ?? null,
    dataset: { path: dataset.artifact.path, rows: dataset.rows, sha256: dataset.artifact.sha256 },
    trainingRows: data.split.training.length,
    validationRows: data.split.validation.length,
    rowsWithoutTarget: data.withoutTarget,
    leaderboard: runs.map((run, i) => leaderboardRow(run, ranked[i]!, labels[i]!)),
    model: best.model!,
    aliases,
    warnings,
    notes: [...new Set([...data.notes, ...winner.fitted!.notes, ...notes])],
  };
}

export type TrainResult = Readonly<Awaited<ReturnType<typeof recordTraining>>>;

/**
 * @param label the family, with what distinguishes it from others of its family
 * @returns null for what was not measured; `predictSeconds` for 1,000 rows, `weight` in the ensemble
 */
function leaderboardRow(run: Run, trained: TrainedCandidate, label: string) {
  const { rank, runId, family, featureSet, params, metrics, selection = null, seconds, predictSeconds = null } = run;
  const { weight = null, degenerate = null } = trained;
  const own = { rank, runId, family, featureSet, label, params, metrics, selection };
  return { ...own, seconds, predictSeconds, weight, note: run.error ?? degenerate };
}

export type LeaderboardRow = ReturnType<typeof leaderboardRow>;

async function fitRemarks(ranked: readonly TrainedCandidate[]): Promise<FitRemarks> {
  const all = await Promise.all(
    ranked.map(({ family, candidate }) => findEstimator(family).remarks?.(candidate.params)),
  );
  const unique = (key: keyof FitRemarks): string[] => [...new Set(all.flatMap((remarks) => remarks?.[key] ?? []))];
  return { warnings: unique("warnings"), notes: unique("notes") };
}

function runOf(
  session: Session,
  { dataset, data, configSha256, tags }: Training,
  trained: TrainedCandidate,
  own: Pick<Run, "rank" | "createdAt" | "model" | "modelVersion" | "warnings"> & { readonly stamp: string },
): Run {
  const { rank, stamp, createdAt, model, modelVersion, warnings } = own;
  const { candidate, fitted, error } = trained;
  const identity = [stamp, rank, dataset.artifact.sha256, session.configSha256(), process.pid].join(" ");
  return {
    kind: "run",
    runId: createHash("sha256").update(identity).digest("hex").slice(0, 12),
    status: fitted === undefined ? "FAILED" : "FINISHED",
    createdAt,
    trainId: stamp,
    task: data.target.task,
    family: trained.family,
    ...(fitted?.estimator.engine === undefined ? {} : { engine: fitted.estimator.engine }),
    ...(fitted?.estimator.ranks === undefined ? {} : { ranks: fitted.estimator.ranks }),
    featureSet: candidate.featureSet,
    metric: candidate.metric,
    params: fitted?.estimator.params ?? candidate.params,
    metrics: trained.metrics,
    ...(trained.selection === undefined ? {} : { selection: trained.selection }),
    tags: trained.degenerate === undefined ? { ...tags } : { ...tags, degenerate: trained.degenerate },
    datasetId: dataset.datasetId,
    datasetSha256: dataset.artifact.sha256,
    configSha256,
    ...(session.configSha256() === configSha256 ? {} : { resolvedConfigSha256: session.configSha256() }),
    config: session.recordedConfig,
    codeVersion: session.codeVersion,
    seed: candidate.seed,
    trainingRows: data.split.training.length,
    validationRows: data.split.validation.length,
    ...(model !== null && data.config.train.refit === true ? { refitRows: data.y.length } : {}),
    seconds: trained.seconds,
    ...(trained.predictSeconds === undefined ? {} : { predictSeconds: trained.predictSeconds }),
    rank,
    model,
    modelVersion,
    warnings,
    score: null,
    ...(error === undefined ? {} : { error: error.message }),
  };
}

/** On the validation rows, by another metric than the deciding one, which baselineAhead compares. */
function worseThanNothing([winner, ...others]: readonly TrainedCandidate[], metric: string, task: Task): string[] {
  const baseline = others.find(({ family, error }) => isBaseline(family) && error === undefined);
  if (winner === undefined || baseline === undefined || metric === "log_loss" || metric === "rmse") return [];
  const worse = worseThanBaseline(winner.metrics, baseline.metrics, { task, metric });
  return worse === undefined ? [] : [`on the validation rows ${worse}`];
}

/** What a tuned threshold is best for, if the configuration does not say it. */
function thresholdNote(candidate: TrainedCandidate["candidate"], task: Task): string[] {
  const { threshold, metric } = candidate;
  if (typeof threshold === "number") return [];
  if (task !== "binary") return ["train.threshold is ignored: it applies to two classes only"];
  const tuned = tunedMetric(candidate)!;
  if (tuned === metric || threshold !== "tune") return [];
  const why = tuned === "cost" ? "costs are set" : `${metric} does not depend on it`;
  return [`the threshold is tuned for ${tuned}, because ${why}; "threshold": { "metric": … } names another metric`];
}
