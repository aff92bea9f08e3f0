/** Records the result of a training: model files, a run for each candidate, aliases and warnings. */
import { createHash } from "node:crypto";
import type { FitRemarks } from "../../core/estimator.ts";
import type { Artifact } from "../../core/records/artifact.ts";
import type { Run, Selection } from "../../core/records/run.ts";
import type { Task } from "../../core/task.ts";
import { candidateLabels } from "../../core/text/candidateLabels.ts";
import { timestamp } from "../../core/text/format.ts";
import { tunedMetric } from "../../pipeline/fit/bestThreshold.ts";
import { findEstimator, isBaseline } from "../../estimators/findEstimator.ts";
import { worseThanBaseline } from "../../pipeline/judge/worseThanBaseline.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { costUnit } from "../settings.ts";
import { decidingFold, doubtfulLead } from "./leaderboard.ts";
import { keepModels, nameModels, type Training } from "./keepModels.ts";
import { baselineAhead } from "./leaderboard.ts";
import type { Session } from "../session.ts";
import type { TrainedCandidate } from "./trainOne.ts";

export type LeaderboardRow = Pick<
  Run,
  "rank" | "runId" | "family" | "featureSet" | "params" | "metrics" | "seconds"
> & {
  /** The metric over the folds, if they choose the winner. */
  readonly selection: Selection | null;
  /** The family, with what tells it apart from others of its family. */
  readonly label: string;
  /** Seconds to predict 1,000 rows; null if it was not measured. */
  readonly predictSeconds: number | null;
  /** Share of the ensemble; null if there is none, or the model is not in it. */
  readonly weight: number | null;
  readonly note: string | null;
};

export interface TrainResult {
  readonly runId: string;
  readonly modelVersion: number;
  readonly metric: string;
  readonly value: number | null;
  readonly dataset: { readonly path: string; readonly rows: number; readonly sha256: string };
  readonly trainingRows: number;
  readonly validationRows: number;
  /** Number of rows of the dataset that were left out because they have no target. */
  readonly rowsWithoutTarget: number;
  readonly leaderboard: readonly LeaderboardRow[];
  readonly model: Artifact;
  /** Aliases that this training set: run id by alias. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

export async function recordTraining(session: Session, training: Training): Promise<TrainResult> {
  const { data, ranked, suspicions } = training;
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
    const own = { rank: index + 1, createdAt, warnings: index === 0 ? warnings : [] };
    return runOf(session, training, trained, {
      ...own,
      stamp,
      ...(kept[index] ?? { model: null, modelVersion: null }),
    });
  });
  // The winner is saved last: if its record exists, the whole training is recorded.
  for (const run of runs.toReversed()) await saveRecord(session, run);
  const aliases = await nameModels(session, runs);
  for (const message of warnings) context.emit({ type: "warning", stage: "train", message });
  const unit = costUnit(config);
  const labels = candidateLabels(ranked.map(({ candidate }) => candidate));
  const nameOf = (trained: TrainedCandidate): string => labels[ranked.indexOf(trained)]!;
  const notes = [
    ...decidingFold(ranked, { metric, task: data.target.task, nameOf }),
    ...doubtfulLead(ranked, { metric, seed: config.train.seed, nameOf }),
    ...(unit === null ? [] : [costNote(unit, data.target.task)]),
    ...(training.configSha256 !== session.configSha256() ? [] : thresholdNote(winner.candidate, data.target.task)),
    ...remarks.notes,
    ...(config.train.distributed === null || ranked.some(({ fitted }) => fitted?.estimator.ranks !== undefined)
      ? []
      : ["train.distributed is ignored: it applies to models of the family xgboost with the native engine"]),
  ];
  return resultOf(training, { runs, labels, aliases, notes });
}

async function fitRemarks(ranked: readonly TrainedCandidate[]): Promise<FitRemarks> {
  const all = await Promise.all(
    ranked.map(({ family, candidate }) => findEstimator(family).remarks?.(candidate.params)),
  );
  return {
    warnings: [...new Set(all.flatMap((remarks) => remarks?.warnings ?? []))],
    notes: [...new Set(all.flatMap((remarks) => remarks?.notes ?? []))],
  };
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

type Recorded = Pick<TrainResult, "aliases" | "notes"> & {
  readonly runs: readonly Run[];
  readonly labels: readonly string[];
};

function resultOf({ dataset, data, ranked }: Training, { runs, labels, aliases, notes }: Recorded): TrainResult {
  const [best, winner] = [runs[0]!, ranked[0]!];
  const { metric } = best;
  return {
    runId: best.runId,
    modelVersion: best.modelVersion!,
    metric,
    value: best.metrics[metric] ?? null,
    dataset: { path: dataset.artifact.path, rows: dataset.rows, sha256: dataset.artifact.sha256 },
    trainingRows: data.split.training.length,
    validationRows: data.split.validation.length,
    rowsWithoutTarget: data.withoutTarget,
    leaderboard: runs.map(
      ({ rank, runId, family, featureSet, params, metrics, selection = null, seconds, predictSeconds, error }, i) => {
        const note = error ?? ranked[i]!.degenerate ?? null;
        const own = { rank, runId, family, featureSet, label: labels[i]!, params, metrics, selection };
        return { ...own, seconds, predictSeconds: predictSeconds ?? null, weight: ranked[i]!.weight ?? null, note };
      },
    ),
    model: best.model!,
    warnings: best.warnings,
    aliases,
    notes: [...new Set([...data.notes, ...winner.fitted!.notes, ...notes])],
  };
}

/** On the validation rows, by another metric than the deciding one, which baselineAhead compares. */
function worseThanNothing([winner, ...others]: readonly TrainedCandidate[], metric: string, task: Task): string[] {
  const baseline = others.find(({ family, error }) => isBaseline(family) && error === undefined);
  if (winner === undefined || baseline === undefined || metric === "log_loss" || metric === "rmse") return [];
  const worse = worseThanBaseline(winner.metrics, baseline.metrics, task);
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

function costNote(unit: string, task: Task): string {
  return task === "multiclass"
    ? "costs are ignored: they apply to binary classification and regression only"
    : `cost is in ${unit}, computed from the costs in config.json`;
}
