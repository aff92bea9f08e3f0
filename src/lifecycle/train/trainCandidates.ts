/** Fits every configured model and ranks them. */
import { refit, type Candidate } from "../../pipeline/fit/fitCandidate.ts";
import { milliseconds } from "../../core/text/duration.ts";
import { isBaseline } from "../../estimators/findEstimator.ts";
import { configuredCandidates } from "./configuredCandidates.ts";
import { decidingMetric } from "../settings.ts";
import { rank } from "./leaderboard.ts";
import { ranksOf } from "../ranks/ranksOf.ts";
import type { PreparedData } from "./trainingData.ts";
import type { Workspace } from "../workspace.ts";
import { trainMore, type More } from "./trainMore.ts";
import { trainOne, type TrainedCandidate } from "./trainOne.ts";
import { withEnsemble } from "./withEnsemble.ts";

/** What a training made. */
export interface Trained {
  /** Best first. */
  readonly ranked: readonly TrainedCandidate[];
  /** What `train.time` added. */
  readonly more: More | undefined;
  /** Ctrl-C ended `train.time`. */
  readonly isInterrupted: boolean;
}

/**
 * Returns the candidates best first. A candidate that cannot be fitted on this data causes a warning and ranks last.
 * @throws {MlctlError} the first candidate's error if all fail; kind "usage" for errors in the configuration
 */
export async function trainCandidates(
  workspace: Workspace,
  data: PreparedData,
  candidates: readonly Candidate[] = configuredCandidates(workspace, data.target.task).map(
    ({ candidate }) => candidate,
  ),
): Promise<Trained> {
  const started = performance.now();
  const { task } = data.target;
  const { time } = data.config.train;
  const metric = decidingMetric(workspace.config, task);
  const trained: TrainedCandidate[] = [];
  const early = time === null ? undefined : endedEarly(workspace, () => trained.some(isUseful));
  const own = early?.workspace ?? workspace;
  let more: More | undefined;
  try {
    for (const [index, candidate] of candidates.entries()) {
      const progress = { type: "progress", stage: `train ${candidate.family}`, total: candidates.length } as const;
      const emit = (share: number): void =>
        workspace.context.emit({ ...progress, done: index + share, unit: "models" });
      trained.push(await trainOne(own, { candidate, data, emit }));
    }
    const until = started + milliseconds(time ?? "0s");
    more = time === null ? undefined : await trainMore(own, data, { trained, until });
  } catch (error) {
    if (early?.isInterrupted() !== true) throw error;
  } finally {
    early?.release();
  }
  const ranked = rank(await withEnsemble(data, [...trained, ...(more?.added ?? [])]), metric, task);
  if (ranked[0]?.error !== undefined) throw ranked[0].error;
  return {
    ranked,
    more: more ?? (early === undefined ? undefined : nothingMore),
    isInterrupted: early?.isInterrupted() === true,
  };
}

const nothingMore: More = { added: [], tried: 0 };

/** Ctrl-C, once there is a model, ends the training of further ones instead of the command. */
function endedEarly(given: Workspace, isEnough: () => boolean) {
  const interruption = new AbortController();
  const release = given.context.onceInterrupted?.(() => {
    if (isEnough()) interruption.abort();
    return interruption.signal.aborted;
  });
  const signal = AbortSignal.any([given.context.signal, interruption.signal]);
  return {
    workspace: { ...given, context: { ...given.context, signal } },
    isInterrupted: () => interruption.signal.aborted,
    release: () => release?.(),
  };
}

function isUseful({ fitted, family }: TrainedCandidate): boolean {
  return fitted !== undefined && !isBaseline(family);
}

/** The model to keep: fitted again on all rows, if `train.refit` says so. */
export async function finalModel(
  workspace: Workspace,
  data: PreparedData,
  trained: TrainedCandidate,
): Promise<TrainedCandidate> {
  if (data.config.train.refit !== true || trained.fitted === undefined) return trained;
  const progress = { type: "progress", stage: `refit ${trained.family}`, total: 1, unit: "models" } as const;
  const { context } = workspace;
  const onProgress = (done: number): void => context.emit({ ...progress, done });
  const hooks = { signal: context.signal, onProgress, ranks: ranksOf(workspace) };
  const final = await refit(trained.candidate, trained.fitted, data, hooks);
  onProgress(1);
  return { ...trained, final };
}
