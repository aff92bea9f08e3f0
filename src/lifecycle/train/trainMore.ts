/** Trains more models while there is time (`train.time`). */
import { MlctlError } from "../../core/errors.ts";
import type { Candidate } from "../../pipeline/fit/fitCandidate.ts";
import { portfolio } from "../../estimators/defaultModels.ts";
import { configuredCandidates } from "./configuredCandidates.ts";
import { rank } from "./leaderboard.ts";
import type { PreparedData } from "./trainingData.ts";
import type { Workspace } from "../workspace.ts";
import { trainOne, type TrainedCandidate } from "./trainOne.ts";

/** Seconds to fit the members of an ensemble again count as much as those of this number of its models. */
const REFIT_MODELS = 5;
/** After this number of models in a row that would take too long, none will fit. */
const MOST_SKIPPED = 12;
/** More are not recorded: small data has time for hundreds, most of them alike. */
const MOST_KEPT = 25;

export interface More {
  /** The best of them, in the order in which they were trained. */
  readonly added: readonly TrainedCandidate[];
  readonly tried: number;
}

/**
 * Trains models of the portfolio until the time is up, with what fitting the best again will take left over. The
 * signal of the workspace ends it early.
 */
export async function trainMore(
  workspace: Workspace,
  data: PreparedData,
  { trained, until }: { readonly trained: readonly TrainedCandidate[]; readonly until: number },
): Promise<More> {
  const { context } = workspace;
  const { metric } = trained[0]!.candidate;
  const fits = (data.selection?.folds.length ?? 0) + 1;
  const started = performance.now();
  const slowest = new Map<string, number>();
  const timed = ({ family, seconds }: TrainedCandidate): void =>
    void slowest.set(family, Math.max(seconds, slowest.get(family) ?? 0));
  trained.forEach(timed);
  let best = rank(trained, metric, data.target.task);
  let added: TrainedCandidate[] = [];
  let [tried, skipped] = [0, 0];
  const failed = new Set<string>();
  for (const candidate of furtherCandidates(workspace, data, trained)) {
    if (skipped === MOST_SKIPPED || context.signal.aborted) break;
    if (failed.has(candidate.family)) {
      skipped++;
      continue;
    }
    const refits = [...trained, ...added].map(({ seconds }) => seconds / fits).toSorted((a, b) => b - a);
    const refitting = refits.slice(0, REFIT_MODELS).reduce((sum, seconds) => sum + seconds, 0);
    const expected = slowest.get(candidate.family) ?? Math.max(...slowest.values());
    if (performance.now() + (expected + refitting) * 1000 > until) {
      skipped++;
      continue;
    }
    skipped = 0;
    const stage = `train ${candidate.family}, best so far ${best[0]!.family}`;
    const [done, total] = [(performance.now() - started) / 1000, (until - started) / 1000];
    const emit = (): void => context.emit({ type: "progress", stage, done, total, unit: "s" });
    const one = await trainOne(workspace, { candidate, data, emit }).catch((error: unknown) => {
      if (context.signal.aborted) return undefined;
      if (!(error instanceof MlctlError)) throw error;
      // Nobody asked for this family: what was trained so far is not lost for it.
      const message = `train.time tries no more of ${candidate.family}: ${error.message}`;
      context.emit({ type: "warning", stage: "train", message });
      failed.add(candidate.family);
      return undefined;
    });
    if (one === undefined) continue;
    timed(one);
    tried++;
    best = rank([...best, one], metric, data.target.task).slice(0, MOST_KEPT + trained.length);
    const isKept = new Set(rank([...added, one], metric, data.target.task).slice(0, MOST_KEPT));
    added = [...added, one].filter((each) => isKept.has(each));
  }
  return { added, tried };
}

/** Models of the portfolio, with each feature set. */
function* furtherCandidates(
  workspace: Workspace,
  { target, config }: PreparedData,
  trained: readonly TrainedCandidate[],
): Generator<Candidate> {
  const boosting = trained.find(({ candidate }) => candidate.params["learning_rate"] !== undefined)?.candidate.params;
  const base = (boosting ?? {}) as Record<string, string | number>;
  for (const model of portfolio(target.task, base, config.train.seed)) {
    const own = {
      ...workspace.config,
      train: { ...workspace.config.train, models: [{ ...model, search: undefined }] },
    };
    for (const { candidate } of configuredCandidates({ ...workspace, config: own }, target.task)) yield candidate;
  }
}
