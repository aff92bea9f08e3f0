/** Trains more models while there is time (`train.time`). */
import { portfolio } from "../../estimators/portfolio.ts";
import { configuredCandidates } from "./configuredCandidates.ts";
import { rank } from "./leaderboard.ts";
import type { PreparedData } from "./trainingData.ts";
import type { Workspace } from "../workspace.ts";
import { trainOne, type TrainedCandidate } from "./trainOne.ts";

/** Seconds to fit the members of an ensemble again count as much as those of this number of its models. */
const REFIT_MODELS = 5;
/** After this number of models in a row that would take too long, none will fit. */
const MOST_SKIPPED = 12;

/** Trains models of the portfolio until the time is up, with what fitting the best again will take left over. */
export async function trainMore(
  workspace: Workspace,
  data: PreparedData,
  { trained, until }: { readonly trained: readonly TrainedCandidate[]; readonly until: number },
): Promise<TrainedCandidate[]> {
  const { config, context } = workspace;
  const { task } = data.target;
  const all = [...trained];
  const fits = (data.selection?.folds.length ?? 0) + 1;
  const started = performance.now();
  let skipped = 0;
  const boosting = trained.find(({ candidate }) => candidate.params["learning_rate"] !== undefined)?.candidate.params;
  for (const model of portfolio(task, (boosting ?? {}) as Record<string, string | number>, config.train.seed)) {
    if (skipped === MOST_SKIPPED) break;
    const timings = all.toSorted((a, b) => b.seconds - a.seconds);
    const refits = timings.slice(0, REFIT_MODELS).reduce((sum, { seconds }) => sum + seconds / fits, 0);
    const expected = (timings.find(({ family }) => family === model.family) ?? timings[0]!).seconds;
    const now = performance.now();
    if (now + (expected + refits) * 1000 > until) {
      skipped++;
      continue;
    }
    skipped = 0;
    const best = rank(all, trained[0]!.candidate.metric, task)[0]!;
    const stage = `train ${model.family}, best so far ${best.family}`;
    const done = (now - started) / 1000;
    const emit = (): void =>
      context.emit({ type: "progress", stage, done, total: (until - started) / 1000, unit: "s" });
    const own = { ...config, train: { ...config.train, models: [{ ...model, search: undefined }] } };
    for (const { candidate } of configuredCandidates({ ...workspace, config: own }, task))
      all.push(await trainOne(workspace, { candidate, data, emit }));
  }
  return all.slice(trained.length);
}
