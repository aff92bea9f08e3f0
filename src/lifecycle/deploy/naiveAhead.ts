/** Whether naive or seasonal_naive, which the same training tried, is the better prediction. */
import { recover } from "../../core/errors.ts";
import type { Run } from "../../core/records/lineage.ts";
import { isBaseline } from "../../estimators/findEstimator.ts";
import { parseModel } from "../../storage/model/modelFile.ts";
import { retrain } from "../compare/retrain.ts";
import { judge, type Judgement } from "../judge.ts";
import type { Session } from "../session.ts";
import { costsOf } from "../settings.ts";
import { baselineAhead } from "../train/leaderboard.ts";

/**
 * On the rows that selected the model, and on the test rows, for which the naive models are fitted again.
 * @param tested the model on the test rows; undefined if there are none
 * @returns reasons not to deploy it
 */
export async function naiveAhead(
  session: Session,
  run: Run,
  { metric, tested }: { readonly metric: string; readonly tested?: Judgement | undefined },
): Promise<string[]> {
  const { store, config } = session;
  const naive = store.runsOfTraining(run.trainId).filter(({ family }) => /^(seasonal_)?naive$/.test(family));
  if (isBaseline(run.family) || naive.length === 0) return [];
  const contenders = [run, ...naive].map((each) => ({
    ...each,
    degenerate: each.tags["degenerate"],
    error: undefined,
  }));
  const onTest = [{ ...contenders[0]!, metrics: tested?.metrics ?? {}, selection: undefined }];
  for (const each of tested === undefined ? [] : contenders.slice(1)) {
    const dataset = store.dataset(each.datasetId);
    if (dataset === undefined || each.status !== "FINISHED") continue;
    const metrics = await retrain(session, { run: each, dataset, seed: each.seed, isBeforeRefit: true })
      .then((text) => judge(parseModel(text, each.family), tested!.given, costsOf(config), tested!.rows).metrics)
      .catch(recover(() => ({})));
    onTest.push({ ...each, metrics, selection: undefined });
  }
  return [
    ...baselineAhead(contenders, run.metric, run.task),
    ...baselineAhead(onTest, metric, run.task, "on the test rows"),
  ].map((text) => `${text}; to deploy it, write "train": { "models": [{ "family": … }] } with its name`);
}
